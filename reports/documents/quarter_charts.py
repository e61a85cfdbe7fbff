"""Charts of the simulated quarter: the bridge, the path by week, cash, chances of reps."""

from __future__ import annotations

from collections.abc import Sequence

from reports.documents.vega import (
    BLUE,
    GREY,
    HAN,
    ORANGE,
    SKY,
    VERMILION,
    Spec,
    amount_axis,
    bar_chart,
    beside,
    chart_of,
    height_of,
    label_of,
    layer,
    name_axis,
    name_marks,
    room_for,
)
from reports.pages.bridge import kind_of, levels
from reports.specs import Chart
from reports.wording import Wording
from scenarios.phases import Phase
from studies.saved.reporting import WeekBand
from studies.simulating import BridgeStep, Spread

__all__ = ["bridge_chart", "cash_chart", "chance_chart", "fan_chart"]


def bridge_chart(steps: Sequence[BridgeStep], names: Sequence[str], words: Wording, currency: str) -> Chart:
    """From the sources to the target: steps in their colour by sign, levels in grey."""
    scale = words.scale(step.amount for step in steps)
    spans = levels(steps)
    rows = [
        {
            "name": label_of(words, name),
            "from": span[0] / scale.divisor,
            "to": span[1] / scale.divisor,
            "end": max(span) / scale.divisor,
            "text": scale.of(step.amount) if step.kind == "total" else scale.signed(step.amount),
            "kind": kind_of(step),
        }
        for step, name, span in zip(steps, names, spans, strict=True)
    ]
    labels = [str(row["name"]) for row in rows]
    unit = words.unit_of(scale, currency)
    domain = room_for([max(span) / scale.divisor for span in spans], 9, labels)
    colour = {
        "field": "kind",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": ["total", "more", "less"], "range": [GREY, BLUE, VERMILION]},
    }
    bar = layer(
        rows,
        {"type": "bar", "height": {"band": 0.62}},
        {"y": name_axis(labels), "x": amount_axis("from", unit, domain), "x2": {"field": "to"}, "color": colour},
    )
    text = layer(
        rows,
        {"type": "text", "align": "left", "dx": 5},
        {"y": name_axis(labels), "x": amount_axis("end", unit, domain), "text": {"field": "text"}},
    )
    alt = words.listed(
        words.say("says", what=name, text=str(row["text"])) for name, row in zip(names, rows, strict=True)
    )
    return chart_of(
        "bridge", words.say("bridge.title"), [bar, text, name_marks(labels)], height_of(labels), alt, **beside(labels)
    )


def fan_chart(
    weeks: Sequence[WeekBand], phases: Sequence[Phase], target: float, words: Wording, currency: str
) -> Chart:
    """What is signed so far: 8 and 5 of 10 quarters, the median, and the path that would end at the target."""
    scale = words.scale([target, *(week.p90 for week in weeks)])
    over = scale.divisor
    start = {"week": 0, **dict.fromkeys(("p10", "p25", "p50", "p75", "p90", "path"), 0.0)}
    last = weeks[-1].p50
    rows = [start] + [
        {
            "week": week.week,
            **{name: getattr(week, name) / over for name in ("p10", "p25", "p50", "p75", "p90")},
            "path": week.p50 / last * target / over if last > 0 else target / over * week.week / len(weeks),
        }
        for week in weeks
    ]
    top = max(target, weeks[-1].p90) / over * 1.14
    x: Spec = {
        "field": "week",
        "type": "quantitative",
        "scale": {"domain": [0, len(weeks)], "nice": False},
        "axis": {
            "title": words.say("column.week"),
            "tickMinStep": 1,
            "grid": False,
            "values": list(range(0, len(weeks) + 1, 2)),
        },
    }

    def y(field: str) -> Spec:
        axis = {"title": words.unit_of(scale, currency), "tickCount": 5, "format": ",.3~f"}
        return {"field": field, "type": "quantitative", "scale": {"domain": [0, top], "nice": False}, "axis": axis}

    keys = ("fan.eight", "fan.five", "fan.median", "fan.path")
    kinds = [words.say(key) for key in keys]
    colours: Spec = {"domain": kinds, "range": ["#B9DCF2", SKY, BLUE, VERMILION]}

    def key(kind: str, with_legend: bool = False) -> Spec:
        legend = {"title": None, "columns": 2, "symbolOpacity": 1} if with_legend else None
        return {"datum": kind, "type": "nominal", "scale": colours, "legend": legend}

    spans = [
        {
            "from": phase.from_week - 1,
            "to": phase.to_week,
            "middle": (phase.from_week - 1 + phase.to_week) / 2,
            "top": top,
        }
        | {"name": HAN.sub("\n", phase.name, count=1)}
        for phase in phases
    ]
    layers = [
        layer(
            [span for number, span in enumerate(spans) if number % 2 == 0],
            {"type": "rect", "color": "#F3F4F6"},
            {"x": x | {"field": "from"}, "x2": {"field": "to"}},
        ),
        layer(
            spans,
            {"type": "text", "baseline": "top", "dy": 3, "color": GREY, "fontSize": 11},
            {"x": x | {"field": "middle"}, "y": y("top"), "text": {"field": "name"}},
        ),
        layer(rows, {"type": "area"}, {"x": x, "y": y("p10"), "y2": {"field": "p90"}, "color": key(kinds[0], True)}),
        layer(rows, {"type": "area"}, {"x": x, "y": y("p25"), "y2": {"field": "p75"}, "color": key(kinds[1])}),
        layer(rows, {"type": "line", "strokeWidth": 2.5}, {"x": x, "y": y("p50"), "color": key(kinds[2])}),
        layer(
            rows,
            {"type": "line", "strokeWidth": 2, "strokeDash": [6, 4]},
            {"x": x, "y": y("path"), "color": key(kinds[3])},
        ),
    ]
    end = weeks[-1]
    low, middle, high = (words.short(amount) for amount in (end.p10, end.p50, end.p90))
    alt = words.say("fan.alt", target=words.short_in(target, currency), p10=low, p50=middle, p90=high)
    return chart_of("fan", words.say("fan.title"), layers, 300, alt)


def cash_chart(weeks: Sequence[WeekBand], words: Wording, currency: str) -> Chart:
    """Signed and collected so far, means of all replications."""
    scale = words.scale(max(week.mean_signed, week.mean_cash) for week in weeks)
    kinds = {"mean_signed": words.say("column.signed"), "mean_cash": words.say("column.cash")}
    rows = [
        {"week": week.week, "amount": getattr(week, name) / scale.divisor, "kind": kind}
        for name, kind in kinds.items()
        for week in weeks
    ]
    colour = {
        "field": "kind",
        "type": "nominal",
        "scale": {"domain": list(kinds.values()), "range": [BLUE, ORANGE]},
        "legend": {"title": None},
    }
    encoding: Spec = {
        "x": {
            "field": "week",
            "type": "quantitative",
            "scale": {"nice": False, "domain": [1, len(weeks)]},
            "axis": {"title": words.say("column.week"), "tickMinStep": 1, "grid": False},
        },
        "y": {
            "field": "amount",
            "type": "quantitative",
            "axis": {"title": words.unit_of(scale, currency), "tickCount": 5, "format": ",.3~f"},
        },
        "color": colour,
        "shape": {"field": "kind", "type": "nominal", "legend": None},
    }
    layers = [
        layer(rows, {"type": "line", "strokeWidth": 2.5}, {key: encoding[key] for key in ("x", "y", "color")}),
        layer(rows, {"type": "point", "filled": True, "size": 40}, encoding),
    ]
    end = weeks[-1]
    signed, cash = words.short(end.mean_signed), words.short(end.mean_cash)
    return chart_of("cash", words.say("cash.title"), layers, 260, words.say("cash.alt", signed=signed, cash=cash))


def chance_chart(reps: Sequence[Spread], words: Wording) -> Chart:
    """Chance of each rep to reach the quota."""
    entries = [
        ((rep.id, rep.name), rep.p_quota, words.percent(rep.p_quota, 0), BLUE)
        for rep in reps
        if rep.p_quota is not None
    ]
    title = words.say("chance.title")
    return bar_chart("chance", title, entries, words.say("column.p_quota"), words, axis_format=".0%", most=1.0)
