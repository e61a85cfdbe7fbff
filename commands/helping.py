"""Help in the language that is asked for; in Chinese it is put in place of what commands say in English."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from reports.locales import code_for

__all__ = ["chinese_layout", "in_chinese", "wants_chinese"]

_OPTION = "--language"


def wants_chinese(arguments: Sequence[str]) -> bool:
    """Whether help is asked for in Chinese: before the arguments are parsed, since help ends parsing."""
    if arguments and "--help" not in arguments:
        return False
    asked = next((text.partition("=")[2] for text in arguments if text.startswith(f"{_OPTION}=")), None)
    if _OPTION in arguments[:-1]:
        asked = arguments[arguments.index(_OPTION) + 1]
    return code_for(asked, os.environ) == "zh"


def in_chinese(command: Any, parameters: Sequence[Any]) -> None:
    """Let a command and its parameters say in Chinese what they say; what has no translation stays as it is."""
    from commands.chinese import BLANKS, EXAMPLE, HELP, PANELS

    command.help = HELP.get(command.help or "", command.help)
    command.rich_help_panel = PANELS["commands"]
    if command.epilog:
        command.epilog = command.epilog.replace(*EXAMPLE)
    for name in ("options_metavar", "subcommand_metavar"):
        blank = str(getattr(command, name, None))
        if blank in BLANKS:
            setattr(command, name, BLANKS[blank])
    command.get_usage = partial(_usage_in_chinese, command)
    for parameter in parameters:
        parameter.help = HELP.get(parameter.help or "", parameter.help)
        parameter.rich_help_panel = PANELS["arguments" if parameter.param_type_name == "argument" else "options"]


def _usage_in_chinese(command: Any, context: Any) -> str:
    """The first line of help; the word before it is Typer's, and no setting of a command changes it."""
    from commands.chinese import USAGE

    return str(type(command).get_usage(command, context)).replace(*USAGE, 1)


@contextmanager
def chinese_layout() -> Iterator[None]:
    """While help is shown: Typer's own marks in Chinese, and lines that break between any two letters.

    Both are names in Typer's module of help. Text without blanks would end in "…" at the edge of its column, and what
    stands behind it would be lost.
    """
    import typer.rich_utils as settings
    from rich.table import Table
    from rich.text import Text

    from commands.chinese import MARKS

    class Folding(Table):
        """A table whose cells go on in the next line."""

        def add_row(self, *cells: Any, **how: Any) -> None:
            super().add_row(*cells, **how)
            for column in self.columns:
                column.overflow = "fold"

    def in_a_row(texts: Sequence[Text]) -> Text:
        return Text(" ", overflow="fold").join(texts)

    chinese: dict[str, Any] = {**MARKS, "Table": Folding, "Columns": in_a_row}
    before = {name: getattr(settings, name) for name in chinese if hasattr(settings, name)}
    try:
        for name in before:
            setattr(settings, name, chinese[name])
        yield
    finally:
        for name, setting in before.items():
            setattr(settings, name, setting)
