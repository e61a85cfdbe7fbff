"""The command line: what an error becomes, and the commands.

Only Typer is imported here and in ``commands/``; a command imports what it needs when it runs, so that help answers at
once.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import Annotated, Any, TypeAlias

import typer
from typer.core import TyperGroup

from commands import allocation, decisions, documents, history, plans, quarter, runs
from commands.helping import chinese_layout, in_chinese, wants_chinese
from commands.language import InLanguage, wording_of_error, wrong_usage_in_chinese

_Context: TypeAlias = Any
"""What Typer hands to its own methods; the type is private to it, and no ``typer.Context``."""

_WRONG_USAGE = 2
HELP = "Plan a sales quarter and stress-test the plan before it starts."


class Commands(TyperGroup):
    """Commands whose errors are said in a planner's words; only our own bugs show a traceback."""

    _is_chinese = False
    """Whether help is asked for in Chinese."""

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **extra: Any) -> Any:
        """Parse the command line, which shows help where it is asked for."""
        self._is_chinese = wants_chinese(args)
        with chinese_layout() if self._is_chinese else nullcontext():
            return super().make_context(info_name, args, *rest, **extra)

    def get_params(self, ctx: _Context) -> list[Any]:
        """Options before a command, as help shows them."""
        params = super().get_params(ctx)
        if self._is_chinese:
            in_chinese(self, params)
        return params

    def get_command(self, ctx: _Context, cmd_name: str) -> Any:
        """The command of a name, as help shows it."""
        command = super().get_command(ctx, cmd_name)
        if command is not None and self._is_chinese:
            in_chinese(command, command.get_params(ctx))
        return command

    def invoke(self, ctx: _Context) -> Any:
        """Run a command; turn what it raises into a message on stderr and an exit code."""
        try:
            with chinese_layout() if self._is_chinese else nullcontext():
                return super().invoke(ctx)
        except (typer.Exit, typer.Abort, BrokenPipeError):
            raise
        except KeyboardInterrupt as stop:
            print(str(stop) or "Interrupted; runs saved before are kept.", file=sys.stderr)
            raise typer.Exit(130) from None
        except Exception as error:
            if type(error).__module__.startswith(("typer", "click")):  # wrong usage: Typer says it
                words = wording_of_error(ctx)
                if words.code != "zh" or getattr(error, "exit_code", None) != _WRONG_USAGE:
                    raise
                print(wrong_usage_in_chinese(error, words), file=sys.stderr)
                raise typer.Exit(_WRONG_USAGE) from None
            from reports.messages import say_error

            raise typer.Exit(say_error(error, wording_of_error(ctx))) from None


app = typer.Typer(cls=Commands, help=HELP, no_args_is_help=True, pretty_exceptions_show_locals=False)
for group in (plans, quarter, allocation, decisions, history, runs, documents):
    app.add_typer(group.commands)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        from importlib.metadata import version

        print(version("quarterdeck"))
        raise typer.Exit


Version = Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Version.")]


@app.callback(help=HELP)
def quarterdeck(version: Version = False, language: InLanguage = None) -> None:
    """Options before a command."""


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
