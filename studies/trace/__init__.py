"""One replication told as a story."""
