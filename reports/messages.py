"""Messages on stderr: what was done, and what went wrong in a planner's words."""

from __future__ import annotations

import shlex
import sys
import traceback
from collections.abc import Iterator, Sequence

from reports.terminal import printable
from reports.translating import problem_text, translated
from reports.wording import Wording
from scenarios.errors import NoFeasibleAllocation, PlanFileError, Problem, QuarterdeckError

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
        say("\n".join(_lines(error.problems, words)))
    else:
        say(translated(str(error), words))
    if isinstance(error, PlanFileError):
        say(words.count("problems", len(error.problems)))
    if isinstance(error, NoFeasibleAllocation):
        _say_conflict(error, words)
    return error.exit_code


def _lines(problems: Sequence[Problem], words: Wording) -> Iterator[str]:
    """A line for each problem; what is wrong in the same way all down a column is said once, with its places."""
    alike: dict[tuple[str, ...], list[Problem]] = {}
    for problem in problems:
        table, _, rest = problem.key.partition(".")
        kind = (table, rest.rpartition(".")[2], problem.message, problem.remedy)
        alike.setdefault(kind if rest else (*kind, problem.place), []).append(problem)
    for same in alike.values():
        if len(same) < _MANY:
            yield from (problem_text(problem, words) for problem in same)
            continue
        yield problem_text(same[0], words)
        places = [problem.place for problem in same[1:]]
        shown = words.listed(places[:_PLACES]) + (" …" if places[_PLACES:] else "")
        yield "  " + words.say("problems.again", n=len(places), places=shown)


_MANY = 4
"""Problems of one kind from which they are said in one sentence."""
_PLACES = 12


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
