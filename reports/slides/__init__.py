"""Slides of saved runs, as an office program draws them itself."""
