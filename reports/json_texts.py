"""JSON on stdout: of a study's result as it is, and of checks, lists of runs and imports."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from scenarios.checks import Finding

if TYPE_CHECKING:  # what tables of records need is not to be paid for by a check
    from scenarios.crm import ImportReport
    from studies.saved.runs import RunSummary

__all__ = ["PlanCheck", "check_json", "import_json", "print_json", "runs_json"]


@dataclass(frozen=True, slots=True)
class PlanCheck:
    """What a check of a plan without errors found."""

    plan: str
    findings: tuple[Finding, ...]


def check_json(plan: str, findings: Sequence[Finding]) -> str:
    """The JSON of ``check``."""
    return _text(TypeAdapter(PlanCheck), PlanCheck(plan, tuple(findings)))


def runs_json(runs: Sequence[RunSummary]) -> str:
    """The JSON of ``runs``."""
    from studies.saved.runs import RunSummary

    return _text(TypeAdapter(tuple[RunSummary, ...]), tuple(runs))


def import_json(report: ImportReport) -> str:
    """The JSON of ``import-crm``."""
    from scenarios.crm import ImportReport

    return _text(TypeAdapter(ImportReport), report)


def print_json(text: str) -> None:
    """Print JSON and nothing else, as UTF-8 whatever the terminal's encoding."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode() + b"\n")
    sys.stdout.buffer.flush()


def _text(adapter: TypeAdapter[Any], value: object) -> str:
    return adapter.dump_json(value, indent=2).decode()
