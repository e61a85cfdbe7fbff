"""The command line: arguments, one study, what it shows, an exit code."""

import typer

app = typer.Typer(help="Plan a sales quarter and stress-test the plan before it starts.", no_args_is_help=True)


@app.callback()
def quarterdeck() -> None:
    """Plan a sales quarter and stress-test the plan before it starts."""


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
