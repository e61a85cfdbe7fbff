"""Requirements: thresholds on the mean of a KPI that a study has to meet (``--require``)."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reports.wording import Wording
from scenarios.errors import RequirementFailed, UsageError
from simulation.kpis import KPIS
from studies.results import KpiRow
from studies.study import Study

__all__ = ["Requirement", "check_requirements", "read_requirement", "read_requirements"]

_FORM = re.compile(r"\s*(\w+)\s*(>=|<=|>|<)\s*([-+]?[\d,_]*\.?\d+)\s*(%?)\s*")
_HOLDS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


@dataclass(frozen=True, slots=True)
class Requirement:
    """``p_target>=0.6``."""

    text: str
    kpi: str
    sense: str
    threshold: float


def read_requirement(text: str, words: Wording) -> Requirement:
    """Read a requirement; UsageError where it is none, before anything is computed."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise UsageError(words.say("require.form", text=text))
    kpi, sense, number, percent = match.groups()
    if kpi not in KPIS:
        raise UsageError(words.say("require.unknown", text=text, kpi=kpi, known=words.listed(KPIS)))
    threshold = float(number.replace(",", "").replace("_", "")) / (100 if percent else 1)
    if not percent and KPIS[kpi].unit == "share" and 1 < abs(threshold) <= 100:
        written = f"{kpi}{sense}{threshold:g}%"
        raise UsageError(words.say("require.share", text=text, kpi=kpi, written=written))
    return Requirement(text.strip(), kpi, sense, threshold)


def read_requirements(texts: Sequence[str], study: Study, words: Wording) -> list[Requirement]:
    """Requirements of a study's answer; UsageError where it has no KPIs that could meet them."""
    if texts and not study.has_kpis:
        raise UsageError(words.say("require.no_kpis", study=study.name))
    return [read_requirement(text, words) for text in texts]


def check_requirements(requirements: Sequence[Requirement], kpis: Sequence[KpiRow], words: Wording) -> None:
    """Raise RequirementFailed with every requirement that the means do not meet."""
    by_id = {kpi.id: kpi for kpi in kpis}
    failures = [
        _failure(requirement, by_id[requirement.kpi], words)
        for requirement in requirements
        if not _HOLDS[requirement.sense](by_id[requirement.kpi].mean, requirement.threshold)
    ]
    if failures:
        raise RequirementFailed("\n".join(failures))


def _failure(requirement: Requirement, kpi: KpiRow, words: Wording) -> str:
    text = words.say(
        "require.fails",
        text=requirement.text,
        kpi=kpi.id,
        value=words.value(kpi.mean, kpi.unit),
        interval=words.interval(kpi.ci_low, kpi.ci_high, kpi.unit),
    )
    if kpi.ci_low <= requirement.threshold <= kpi.ci_high:
        return f"{text}; {words.say('require.open')}"
    return text
