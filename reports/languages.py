"""Which language a planner is spoken to in: the one asked for, else the one of the computer, else English."""

from __future__ import annotations

from collections.abc import Mapping

from reports.locales import VARIABLE, code_for
from reports.wording import CHINESE, ENGLISH, Wording
from scenarios.errors import UsageError

__all__ = ["LANGUAGES", "VARIABLE", "wording_for"]

LANGUAGES: Mapping[str, Wording] = {words.code: words for words in (ENGLISH, CHINESE)}


def wording_for(asked: str | None, environment: Mapping[str, str]) -> Wording:
    """The wording of ``--language``, of QUARTERDECK_LANGUAGE or of the system; UsageError for an unknown code."""
    code = code_for(asked, environment)
    if code not in LANGUAGES:
        raise UsageError(ENGLISH.say("language.unknown", variable=VARIABLE, code=code, known=ENGLISH.listed(LANGUAGES)))
    return LANGUAGES[code]
