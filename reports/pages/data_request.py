"""The data request sheet of an imported plan: what to ask for, from whom, and what stands in its place meanwhile."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reports.pages.figures import alike
from reports.pages.request_table import COLUMNS
from reports.translating import translated
from reports.wording import Wording
from scenarios.crm import AssumedFigure, ImportReport

__all__ = ["TOPICS", "data_requests"]

TOPICS: dict[str, str] = {
    "renewals": "",
    "calendar": "",
    "price_cut": r"risks\.K1\..+",
    "receivables": "",
    "payment": r"money\..+",
    "margin": r"products\.[^.]+\.margin",
    "leavers": r"risks\.K5\..+|handover\..+|process\.orphan_win_factor",
    "churn": r"risks\.K7\..+",
    "marketing": "",
    "cadence": r"customer_tiers\.[^.]+\.touches_per_week",
    "plans": r"contingency_plans\..+",
    "effort": r"process\.stages\.[^.]+\.touch_hours|process\.touch_spread",
    "stages": "",
    "history": r"customer_tiers\.[^.]+\.win_rate|products\.[^.]+\.(mean_deal|median_cycle_days)"
    r"|process\.(stages\.[^.]+\.conversion|cycle_sigma|value_sigma|lead_tier_mix\..+)",
    "other": r".+",
}
"""What can be asked for, and the paths of the figures that wait for it; without any, the plan has nothing in its place.

The order is our judgement of how much the answer may move a quarter, not a measurement. A figure belongs to the first
topic that its path fits, so that none is left out.
"""
HELD = {"receivables": "invoices"}
"""Topics that are not asked for where the export has a file that holds it."""
KNOWN = {
    "stages": r"process\.stages\.[^.]+\.cycle_share",
    "renewals": r"customer_tiers\.[^.]+\.renewal_rate",
}
"""Topics that are not asked for where the export told figures of such paths; a file may tell too little of them."""


@dataclass(frozen=True, slots=True)
class _Asked:
    topic: str
    figures: tuple[AssumedFigure, ...]


def data_requests(report: ImportReport, words: Wording) -> list[tuple[str, ...]]:
    """Rows of the sheet, its header first."""
    header = tuple(words.say(f"request.column.{column}") for column in COLUMNS)
    rows = [_row(rank, asked, report.out, words) for rank, asked in enumerate(_asked(report), 1)]
    return [header, *rows]


def _asked(report: ImportReport) -> list[_Asked]:
    waiting: dict[str, list[AssumedFigure]] = {topic: [] for topic in TOPICS}
    for figure in report.assumed:
        waiting[next(topic for topic, paths in TOPICS.items() if re.fullmatch(paths, figure.path))].append(figure)
    held = {file.holds for file in report.read}
    return [
        _Asked(topic, tuple(found))
        for topic, found in waiting.items()
        if found or (not TOPICS[topic] and HELD.get(topic) not in held and not _is_known(topic, report))
    ]


def _is_known(topic: str, report: ImportReport) -> bool:
    return topic in KNOWN and any(re.fullmatch(KNOWN[topic], figure.path) for figure in report.estimates)


def _row(rank: int, asked: _Asked, out: Path, words: Wording) -> tuple[str, ...]:
    groups = alike(asked.figures)
    if groups:
        paths = "; ".join(_named(path, len(group), words) for path, group in groups.items())
        default = "; ".join(_default(group, words) for group in groups.values())
        grade = ", ".join(sorted({figure.grade for figure in asked.figures}))
        source = "; ".join(dict.fromkeys(translated(figure.source, words) for figure in asked.figures))
    else:
        paths, grade, source = "", words.say("request.no_grade"), ""
        default = words.say(f"request.{asked.topic}.default")
    effect = words.say("request.effect", out=out) if groups else words.say("request.no_effect")
    texts = (words.say(f"request.{asked.topic}.{column}") for column in ("missing", "use", "from", "form"))
    return str(rank), *texts, paths, default, grade, source, effect


def _named(path: str, count: int, words: Wording) -> str:
    return words.say("import.many", path=path, n=count) if count > 1 else path


def _default(group: Sequence[AssumedFigure], words: Wording) -> str:
    """Values as the plan has them, with the grade of each."""
    name = group[0].path.rpartition(".")[2]
    values = dict.fromkeys(_value(figure.value, words) for figure in group)
    return words.say("request.default", name=name, value=" / ".join(values), grade=group[0].grade)


def _value(value: object, words: Wording) -> str:
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, int | float):
        return words.figure(value)
    if isinstance(value, dict) and all(isinstance(part, int | float) for part in value.values()):
        return ", ".join(f"{key} {words.figure(part)}" for key, part in value.items())
    return words.say("request.in_plan")
