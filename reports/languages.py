"""Which language a planner is spoken to in: the one asked for, else the one of the computer, else English."""

from __future__ import annotations

import locale
import sys
from collections.abc import Mapping

from reports.wording import CHINESE, ENGLISH, Wording
from scenarios.errors import UsageError

__all__ = ["LANGUAGES", "VARIABLE", "wording_for"]

LANGUAGES: Mapping[str, Wording] = {words.code: words for words in (ENGLISH, CHINESE)}
VARIABLE = "QUARTERDECK_LANGUAGE"
"""Environment variable with a language's code."""
_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""In the order in which they count (POSIX, "Internationalization Variables")."""


def wording_for(asked: str | None, environment: Mapping[str, str]) -> Wording:
    """The wording of ``--language``, of QUARTERDECK_LANGUAGE or of the system; UsageError for an unknown code."""
    code = asked or environment.get(VARIABLE) or _of_system(environment)
    if code not in LANGUAGES:
        raise UsageError(ENGLISH.say("language.unknown", variable=VARIABLE, code=code, known=ENGLISH.listed(LANGUAGES)))
    return LANGUAGES[code]


def _of_system(environment: Mapping[str, str]) -> str:
    name = next((environment[variable] for variable in _LOCALE_VARIABLES if environment.get(variable)), "")
    if not name and sys.platform == "win32":
        import ctypes

        name = locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    code = name[:2].lower()
    return code if code in LANGUAGES else ENGLISH.code
