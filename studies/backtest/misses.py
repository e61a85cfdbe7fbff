"""Where the model was wrong about a past window, and which assumption explains it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from scenarios.crm.drafting import Draft
from studies.backtest.backtests import BacktestCause, BacktestFinding, BacktestWindow
from studies.backtest.past_windows import Window
from studies.replay.batches import Batch

__all__ = ["causes_of", "findings_of"]


def causes_of(window: Window, draft: Draft, batch: Batch, actual: pd.DataFrame) -> list[BacktestCause]:
    """Where actual − forecast comes from, in total and by region, exactly (logarithmic mean weights).

    signed = deals closed x share won x mean value. The part of the closings is shared among those of new leads and
    those of what was open in proportion to their own differences.
    """
    scale = window.days / (7 * window.weeks)
    start = pd.Timestamp(window.start)
    causes = []
    regions = sorted(draft.ids.regions.items(), key=lambda item: item[1])
    for place, (id, name) in enumerate([("total", "all"), *((id, name) for name, id in regions)]):
        inside = actual if id == "total" else actual[actual["region"] == name]
        won = inside[inside["outcome"] == "won"]
        found = {
            "timing": float((inside["engaged"] < start).sum()),
            "leads": float((inside["engaged"] >= start).sum()),
            "won": float(len(won)),
            "value": float(won["value"].sum()),
        }
        ends = [
            deal
            for records in batch.records
            for deal in records.deals
            if deal.outcome != "open" and (id == "total" or deal.region == place - 1)
        ]
        each = scale / len(batch.records)
        forecast = {
            "timing": each * sum(deal.source == "pipeline" for deal in ends),
            "leads": each * sum(deal.source != "pipeline" for deal in ends),
            "won": each * sum(deal.outcome == "won" for deal in ends),
            "value": each * sum(deal.value for deal in ends if deal.outcome == "won"),
        }
        causes += _parts(id, name, forecast, found)
    return causes


def _parts(id: str, name: str, forecast: Mapping[str, float], found: Mapping[str, float]) -> list[BacktestCause]:
    closed_then, closed = forecast["timing"] + forecast["leads"], found["timing"] + found["leads"]
    if min(closed_then, closed, forecast["won"], found["won"], forecast["value"], found["value"]) <= 0:
        return []
    said, was = forecast["value"], found["value"]
    weight = (was - said) / math.log(was / said) if abs(was / said - 1) > 1e-9 else was
    closings = weight * math.log(closed / closed_then)
    share_of = {key: found[key] - forecast[key] for key in ("leads", "timing")}
    difference = closed - closed_then
    per_closing = closings / difference if abs(difference) > 1e-9 else was / closed
    win, said_win = found["won"] / closed, forecast["won"] / closed_then
    mean, said_mean = was / found["won"], said / forecast["won"]
    parts = (
        ("leads", forecast["leads"], found["leads"], share_of["leads"] * per_closing),
        ("timing", forecast["timing"], found["timing"], share_of["timing"] * per_closing),
        ("win_rate", said_win, win, weight * math.log(win / said_win)),
        ("value", said_mean, mean, weight * math.log(mean / said_mean)),
    )
    return [
        BacktestCause.model_validate(
            {"scope": id, "name": name, "id": part, "forecast": then, "actual": now, "amount": amount}
        )
        for part, then, now, amount in parts
    ]


def findings_of(windows: Sequence[BacktestWindow]) -> list[BacktestFinding]:
    """What a planner should take from it: coverage, where the model was wrong and which assumption explains it."""
    findings = []
    for kind in ("quarter", "rolling"):
        chosen = [window for window in windows if window.kind == kind]
        if chosen:
            inside = sum(window.total.inside for window in chosen)
            findings.append(BacktestFinding(id=f"inside_{kind}", figures={"inside": inside, "count": len(chosen)}))
    for window in windows:
        if window.kind != "quarter":
            continue
        for scope in ["total", *(row.id for row in window.rows if row.dimension == "region")]:
            causes = [cause for cause in window.causes if cause.scope == scope]
            row = window.total if scope == "total" else window.row("region", scope)
            if not causes or row.actual <= 0:
                continue
            main = max(_told_together(causes), key=lambda cause: cause.amount * math.copysign(1, row.actual - row.mean))
            findings.append(
                BacktestFinding(
                    id=f"cause_{main.id}",
                    window=window.start,
                    name=main.name if scope != "total" else "",
                    figures={
                        "off": row.mean / row.actual - 1,
                        "inside": row.inside,
                        "forecast": main.forecast,
                        "actual": main.actual,
                        "amount": main.amount,
                    },
                )
            )
    return findings


def _told_together(causes: Sequence[BacktestCause]) -> list[BacktestCause]:
    """Leads and timing as one cause where they pull against each other: hours that bind make one of the other."""
    leads, timing, *rest = causes
    if leads.amount * timing.amount >= 0:
        return list(causes)
    whole = {
        "id": "closings",
        "forecast": leads.forecast + timing.forecast,
        "actual": leads.actual + timing.actual,
        "amount": leads.amount + timing.amount,
    }
    return [leads.model_copy(update=whole), *rest]
