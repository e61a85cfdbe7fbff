"""The language of a command: asked for with ``--language``, and the same for what it answers and what goes wrong."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from reports.wording import Wording

_KEY = "quarterdeck.language"


class Language(StrEnum):
    """Languages that there are a catalogue for."""

    en = "en"
    zh = "zh"


def _keep(context: typer.Context, language: Language | None) -> Language | None:
    """The language of a command's option, else that of the option before the command."""
    if language is None:
        before = context.meta.get(_KEY)
        return None if before is None else Language(before)
    context.meta[_KEY] = language.value
    return language


InLanguage = Annotated[
    Language | None,
    typer.Option("--language", callback=_keep, is_eager=True, help="Default: QUARTERDECK_LANGUAGE, else the system's."),
]


def wording(language: Language | None) -> Wording:
    """What the language asked for says; without one, that of the environment."""
    from reports.languages import wording_for

    return wording_for(language, os.environ)


def wrong_usage_in_chinese(error: Any, words: Wording) -> str:
    """What Typer would say of wrong usage in English: how the command is used, what is wrong, where help is."""
    from dataclasses import replace

    from commands.chinese import BLANKS, USAGE, WRONG_USAGE
    from reports.translating import translated

    said = translated(error.format_message(), replace(words, messages={**words.messages, **WRONG_USAGE}))
    if error.ctx is None:
        return said
    usage = error.ctx.get_usage().replace(*USAGE, 1)
    for blank, chinese in BLANKS.items():
        usage = usage.replace(blank, chinese, 1)
    return f"{usage}\n{said}\n帮助：{error.ctx.command_path} --help"


def wording_of_error(context: typer.Context) -> Wording:
    """The language of the command that failed; English where even that is what is wrong."""
    from reports.languages import wording_for
    from reports.wording import ENGLISH
    from scenarios.errors import UsageError

    try:
        return wording_for(context.meta.get(_KEY), os.environ)
    except UsageError:
        return ENGLISH
