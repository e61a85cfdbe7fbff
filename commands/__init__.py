"""The commands, by what they work on; Typer lives here and in ``cli.py``."""
