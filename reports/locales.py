"""Which language's code is asked for: by an option, else by the environment, else by the computer.

Imports nothing of ours, so that help answers at once.
"""

from __future__ import annotations

import locale
import sys
from collections.abc import Mapping

__all__ = ["CODES", "VARIABLE", "code_for"]

CODES = ("en", "zh")
"""Of the languages that there are a catalogue for; the first where nothing says another."""
VARIABLE = "QUARTERDECK_LANGUAGE"
"""Environment variable with a language's code."""
_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""In the order in which they count (POSIX, "Internationalization Variables")."""


def code_for(asked: str | None, environment: Mapping[str, str]) -> str:
    """The code of ``--language``, of QUARTERDECK_LANGUAGE or of the system; what was asked for may be none of ours."""
    return asked or environment.get(VARIABLE) or _of_system(environment)


def _of_system(environment: Mapping[str, str]) -> str:
    name = next((environment[variable] for variable in _LOCALE_VARIABLES if environment.get(variable)), "")
    if not name and sys.platform == "win32":
        import ctypes

        name = locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    code = name[:2].lower()
    return code if code in CODES else CODES[0]
