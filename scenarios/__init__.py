"""What is written in files: the plan model, effects, allocations, expectations, overrides, loading and checks."""
