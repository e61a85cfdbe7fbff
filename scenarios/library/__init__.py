"""The plans that come with Quarterdeck."""
