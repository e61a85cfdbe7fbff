"""The page of all commands, generated from what ``--help`` says: ``python -m tests.cli.reference`` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from typer.main import get_command

from cli import app

__all__ = ["PAGE", "commands_page"]

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
_HEAD = """# All commands

Generated from `--help`; to renew it: `python -m tests.cli.reference`. What each command is for, and what options mean
in full: [the command line](cli.md). `--help` says the same in the terminal, with `--language zh` in Chinese.
"""


def commands_page(program: Any) -> str:
    """A section per command of the program: what it says of itself, its arguments and options, an example."""
    context = program.make_context(
        "quarterdeck", ["runs"], resilient_parsing=True
    )  # without a command it would be help
    names = program.list_commands(context)
    parts = [_HEAD, *(_section(name, program.get_command(context, name), context) for name in names)]
    return "\n".join(parts)


def _section(name: str, command: Any, above: Any) -> str:
    context = command.make_context(name, [], parent=above, resilient_parsing=True)
    usage = " ".join(["quarterdeck", name, *command.collect_usage_pieces(context)])
    lines = [f"## {name}", "", command.help.strip(), "", "```", usage, "```", ""]
    lines += ["| argument or option | default | what it says |", "| --- | --- | --- |"]
    lines += _rows(command, context)
    example = (command.epilog or "").removeprefix("Example: ")
    return "\n".join([*lines, "", f"Example: `{example}`", ""])


def _rows(command: Any, context: Any) -> Iterator[str]:
    for parameter in command.get_params(context):
        if "--help" in parameter.opts:
            continue
        yield f"| {_name(parameter)} | {_default(parameter)} | {_cell(parameter.help or '')} |"


def _name(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"`{_cell(parameter.metavar or parameter.name.upper())}`"
    names = ", ".join(f"`{option}`" for option in (*parameter.opts, *parameter.secondary_opts))
    if parameter.is_bool_flag or parameter.secondary_opts:
        return names
    kind = parameter.type_descriptor.annotation
    if parameter.metavar:
        value = parameter.metavar
    elif isinstance(kind, type) and issubclass(kind, Enum):
        value = " or ".join(str(one.value) for one in kind)
    else:
        value = "N" if kind is int else "X"
    return f"{names} `{_cell(value)}`"


def _default(parameter: Any) -> str:
    if parameter.required:
        return "needed"
    default = parameter.default
    if default is None or default is False or default == "" or callable(default):
        return ""
    return f"`{getattr(default, 'value', default)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    PAGE.write_text(commands_page(get_command(app)), encoding="utf-8")
