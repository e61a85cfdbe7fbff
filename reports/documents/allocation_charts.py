"""Charts of an allocation: coverage, fairness, prices of rules."""

from __future__ import annotations

from collections.abc import Sequence

from reports.documents.vega import BLUE, ORANGE, VERMILION, bar_chart
from reports.pages.rules import step_name
from reports.specs import Chart
from reports.wording import Wording
from studies.allocation.results import RuleRow
from studies.saved.reporting import Coverage

__all__ = ["coverage_chart", "fairness_chart", "price_chart"]


def coverage_chart(kind: str, entries: Sequence[Coverage], words: Wording) -> Chart:
    """Open pipeline ÷ what is asked, by region or rep; the line is where it covers what is asked once."""
    bars = [
        ((entry.id, entry.name), entry.ratio, words.times(entry.ratio), BLUE if entry.ratio >= 1 else ORANGE)
        for entry in entries
        if entry.ratio is not None
    ]
    once = (1.0, words.times(1.0))
    title, axis = words.say(f"coverage.{kind}"), words.say(f"coverage.axis.{kind}")
    return bar_chart(f"coverage-{kind}", title, bars, axis, words, once)


def fairness_chart(reps: Sequence[tuple[tuple[str, str], float]], mean: float, words: Wording) -> Chart:
    """Quota ÷ potential of each rep against that of all."""
    bars = [
        (name, stretch, words.times(stretch), BLUE if stretch <= mean else ORANGE)
        for name, stretch in sorted(reps, key=lambda entry: -entry[1])
    ]
    line = (mean, words.say("fairness.mean", mean=words.times(mean)))
    return bar_chart("fairness", words.say("fairness.chart"), bars, words.say("fairness.stretch"), words, line)


def price_chart(rules: Sequence[RuleRow], names: Sequence[str], words: Wording, currency: str) -> Chart:
    """What one step of a rule brings or costs, the better direction of each."""
    best = [max(rule.price, key=lambda point: point.contribution) for rule in rules]
    scale = words.scale(point.contribution for point in best)
    bars = [
        (
            (name, step_name(words, point)),
            point.contribution / scale.divisor,
            scale.signed(point.contribution),
            BLUE if point.contribution >= 0 else VERMILION,
        )
        for name, point in zip(names, best, strict=True)
    ]
    return bar_chart("prices", words.say("prices.title"), bars, words.unit_of(scale, currency), words)
