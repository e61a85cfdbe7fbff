"""The linear program that turns a plan into an allocation of quotas and budget."""
