"""Help in the language that is asked for; in Chinese it is put in place of what commands say in English."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from reports.locales import code_for

__all__ = ["in_chinese", "wants_chinese"]

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
    from commands.chinese import EXAMPLE, HELP, PANELS

    command.help = HELP.get(command.help or "", command.help)
    command.rich_help_panel = PANELS["commands"]
    if command.epilog:
        command.epilog = command.epilog.replace(*EXAMPLE)
    for parameter in parameters:
        parameter.help = HELP.get(parameter.help or "", parameter.help)
        parameter.rich_help_panel = PANELS["arguments" if parameter.param_type_name == "argument" else "options"]
