"""Saved runs: written whole, found again, continued, read by reports."""
