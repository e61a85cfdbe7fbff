"""Messages on stderr: what was done, and what went wrong in a planner's words."""

from __future__ import annotations

import shlex
import sys
import traceback

from reports.terminal import printable
from reports.translating import problem_text, translated
from reports.wording import Wording
from scenarios.errors import NoFeasibleAllocation, PlanFileError, QuarterdeckError

__all__ = ["say", "say_error"]


def say(text: str) -> None:
    """Print a message; it is not wrapped, so that a path in it can be copied."""
    print(printable(text, sys.stderr.encoding or "utf-8"), file=sys.stderr)


def say_error(error: Exception, words: Wording) -> int:
    """Say what went wrong and return the exit code; a traceback only for what nobody foresaw."""
    if not isinstance(error, QuarterdeckError):
        traceback.print_exception(error)
        say(words.say("bug"))
        return 1
    if isinstance(error, PlanFileError):
        say("\n".join(problem_text(problem, words) for problem in error.problems))
    else:
        say(translated(str(error), words))
    if isinstance(error, PlanFileError):
        say(words.count("problems", len(error.problems)))
    if isinstance(error, NoFeasibleAllocation):
        _say_conflict(error, words)
    return error.exit_code


def _say_conflict(error: NoFeasibleAllocation, words: Wording) -> None:
    """The conflict where the message does not name it, and what each repair costs and is to be set."""
    if any(f"- {entry.removeprefix('rule:')}: " not in str(error) for entry in error.conflict):
        say("\n".join([words.say("conflict"), *(f"  {entry}" for entry in error.conflict)]))
    if not error.repairs:
        return
    lines = [words.say("repairs.title")]
    for number, repair in enumerate(error.repairs, start=1):
        given_up, left = words.money(repair.given_up), words.money(repair.contribution)
        settings = " ".join(f"--set {shlex.quote(setting)}" for setting in repair.settings)
        lines.append(words.say("repairs.cost", n=number, given_up=given_up, contribution=left, settings=settings))
    say("\n".join([*lines, words.say("repairs.next")]))
