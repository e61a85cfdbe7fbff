"""Damaged and hostile plan files: every one of them is a plan, or an error with a place."""
