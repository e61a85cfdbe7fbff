"""What would have been said of past quarters, against what happened."""
