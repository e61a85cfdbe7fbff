"""Charts of a report: figures of results and words → Vega-Lite, by hand and small enough to be read.

Every chart is drawn for one width, which a column of the page and a phone both have, and its labels are as large as
the text beside it. Colours are those of Okabe and Ito ("Color Universal Design", 2008), told apart by all readers;
what a colour says is also said by a sign, a place or a figure.
"""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.cells import cell_len

from reports.drawing import FONTS
from reports.layout import wrapped
from reports.parts import named, shortened
from reports.rules import step_name
from reports.specs import Chart
from reports.wording import Scale, Wording
from scenarios.phases import Phase
from simulation.kpis import Kpi
from studies.reporting import Coverage, WeekBand
from studies.results import BridgeStep, RuleRow, Spread, StressRow
from studies.sensitivity import RangeRow

__all__ = [
    "bridge_chart",
    "cash_chart",
    "chance_chart",
    "coverage_chart",
    "fairness_chart",
    "fan_chart",
    "price_chart",
    "risk_map",
    "tornado_chart",
    "worth_chart",
]

Spec = dict[str, Any]

WIDTH = 480
BLUE, VERMILION, GREEN, ORANGE, SKY, GREY = "#0072B2", "#D55E00", "#009E73", "#E69F00", "#56B4E9", "#6B7280"
INK, FAINT = "#1F2933", "#E5E7EB"
_NAME_CELLS = 24
_CELL_LETTERS = 12
"""Of a contingency plan's id in a line of its cell."""
_PATH_CELLS = 32
_ENDS_LETTERS = 14
_ROW = 24
"""Height of a bar with its label, in pixels; a second line of the label takes as much again as a letter."""
_HAN = re.compile(r" (?=[\u4e00-\u9fff])")

CONFIG: Spec = {
    "background": "white",
    "font": FONTS,
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelColor": INK,
        "titleColor": GREY,
        "gridColor": FAINT,
        "domainColor": GREY,
        "tickColor": GREY,
        "labelLimit": 220,
    },
    "legend": {"labelFontSize": 12, "titleFontSize": 12, "orient": "bottom", "labelLimit": 300, "symbolType": "square"},
    "text": {"fontSize": 12, "color": INK, "lineBreak": "\n"},
}


def _chart(chart_id: str, title: str, layers: Sequence[Spec], height: int, alt: str, **more: object) -> Chart:
    spec: Spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH,
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": 4,
        "config": CONFIG,
        "layer": list(layers),
        **more,
    }
    return Chart(chart_id, title, json.dumps(spec, ensure_ascii=False, sort_keys=True), alt)


def _layer(rows: Sequence[Mapping[str, object]], mark: Spec, encoding: Spec) -> Spec:
    return {"data": {"values": [dict(row) for row in rows]}, "mark": mark, "encoding": encoding}


def _label(words: Wording, name: str, entry_id: str = "") -> str:
    """A name in one line beside a bar: whole where it fits, else its part in the reader's letters, cut if it must be.

    Tables beside the chart have it in full.
    """
    whole = named(entry_id, name, " ") if entry_id else name
    if cell_len(whole) <= _NAME_CELLS:
        return whole
    latin, *chinese = _HAN.split(name, maxsplit=1)
    part = chinese[0] if chinese and words.code == "zh" else latin
    return shortened(f"{entry_id} {part}".strip(), _NAME_CELLS)


def _names(labels: Iterable[str]) -> Spec:
    """A vertical axis of names, in the order given; they are written by ``_named``."""
    return {"field": "name", "type": "nominal", "sort": list(dict.fromkeys(labels)), "axis": None}


def _named(labels: Iterable[str]) -> Spec:
    """The names beside their bars, as a mark: with the room that was left for it, whatever fonts this machine has."""
    rows = [{"name": label} for label in dict.fromkeys(labels)]
    mark: Spec = {"type": "text", "align": "right", "dx": -8}
    return _layer(rows, mark, {"y": _names(labels), "x": {"value": 0}, "text": {"field": "name"}})


def _beside(labels: Iterable[str], above: int = 8, below: int = 42) -> Spec:
    """Room for names beside bars and for axes, by their letters: the same whatever fonts this machine measures with."""
    cells = max(map(cell_len, labels), default=0)
    left = round(cells * 6.7) + 14
    padding = {"left": left, "right": 10, "top": above, "bottom": below}
    return {"width": WIDTH - left - 10, "autosize": "none", "padding": padding}


def _height(labels: Sequence[str]) -> int:
    return max(len(labels), 1) * _ROW


def _amounts(field: str, title: str | list[str], domain: Sequence[float] | None = None, end: str | None = None) -> Spec:
    """A horizontal axis of figures that are finished: what it shows is only where they stand."""
    channel: Spec = {
        "field": field,
        "type": "quantitative",
        "axis": {"title": title, "tickCount": 5, "format": ",.3~f"},
    }
    if domain is not None:
        channel["scale"] = {"domain": list(domain), "nice": False, "zero": False}
    return channel


def _room(values: Sequence[float], letters: int, labels: Iterable[str]) -> tuple[float, float]:
    """A domain with zero in it that leaves room for so many letters to the right of what is drawn."""
    inner = float(_beside(labels)["width"])
    low, high = min(0.0, *values), max(0.0, *values)
    share = min((letters * 6.7 + 12) / inner, 0.7)
    low -= 0.03 * (high - low) if low < 0 else 0.0
    return low, low + (high - low or 1.0) / (1 - share)


def bridge_chart(steps: Sequence[BridgeStep], names: Sequence[str], words: Wording, currency: str) -> Chart:
    """From the sources to the target: steps in their colour by sign, levels in grey."""
    scale = words.scale(step.amount for step in steps)
    levels = list(
        itertools.accumulate(steps, lambda at, s: s.amount if s.kind == "total" else at + s.amount, initial=0.0)
    )
    rows = []
    for step, name, before, after in zip(steps, names, levels, levels[1:], strict=False):
        is_total = step.kind == "total"
        rows.append(
            {
                "name": _label(words, name),
                "from": 0.0 if is_total else before / scale.divisor,
                "to": after / scale.divisor,
                "end": max(before if not is_total else 0.0, after) / scale.divisor,
                "text": scale.of(step.amount) if is_total else scale.signed(step.amount),
                "kind": "total" if is_total else "more" if step.amount >= 0 else "less",
            }
        )
    labels = [str(row["name"]) for row in rows]
    unit = words.unit_of(scale, currency)
    domain = _room([float(row["end"]) for row in rows], 9, labels)  # type: ignore[arg-type]
    colour = {
        "field": "kind",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": ["total", "more", "less"], "range": [GREY, BLUE, VERMILION]},
    }
    bar = _layer(
        rows,
        {"type": "bar", "height": {"band": 0.62}},
        {"y": _names(labels), "x": _amounts("from", unit, domain), "x2": {"field": "to"}, "color": colour},
    )
    text = _layer(
        rows,
        {"type": "text", "align": "left", "dx": 5},
        {"y": _names(labels), "x": _amounts("end", unit, domain), "text": {"field": "text"}},
    )
    alt = words.listed(
        words.say("says", what=name, text=str(row["text"])) for name, row in zip(names, rows, strict=True)
    )
    return _chart(
        "bridge", words.say("bridge.title"), [bar, text, _named(labels)], _height(labels), alt, **_beside(labels)
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
        | {"name": _HAN.sub("\n", phase.name, count=1)}
        for phase in phases
    ]
    layers = [
        _layer(
            [span for number, span in enumerate(spans) if number % 2 == 0],
            {"type": "rect", "color": "#F3F4F6"},
            {"x": x | {"field": "from"}, "x2": {"field": "to"}},
        ),
        _layer(
            spans,
            {"type": "text", "baseline": "top", "dy": 3, "color": GREY, "fontSize": 11},
            {"x": x | {"field": "middle"}, "y": y("top"), "text": {"field": "name"}},
        ),
        _layer(rows, {"type": "area"}, {"x": x, "y": y("p10"), "y2": {"field": "p90"}, "color": key(kinds[0], True)}),
        _layer(rows, {"type": "area"}, {"x": x, "y": y("p25"), "y2": {"field": "p75"}, "color": key(kinds[1])}),
        _layer(rows, {"type": "line", "strokeWidth": 2.5}, {"x": x, "y": y("p50"), "color": key(kinds[2])}),
        _layer(
            rows,
            {"type": "line", "strokeWidth": 2, "strokeDash": [6, 4]},
            {"x": x, "y": y("path"), "color": key(kinds[3])},
        ),
    ]
    end = weeks[-1]
    low, middle, high = (words.short(amount) for amount in (end.p10, end.p50, end.p90))
    alt = words.say("fan.alt", target=words.short_in(target, currency), p10=low, p50=middle, p90=high)
    return _chart("fan", words.say("fan.title"), layers, 300, alt)


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
        _layer(rows, {"type": "line", "strokeWidth": 2.5}, {key: encoding[key] for key in ("x", "y", "color")}),
        _layer(rows, {"type": "point", "filled": True, "size": 40}, encoding),
    ]
    end = weeks[-1]
    signed, cash = words.short(end.mean_signed), words.short(end.mean_cash)
    return _chart("cash", words.say("cash.title"), layers, 260, words.say("cash.alt", signed=signed, cash=cash))


def _bars(
    chart_id: str,
    title: str,
    entries: Sequence[tuple[tuple[str, str], float, str, str]],
    axis: str,
    words: Wording,
    mark: tuple[float, str] | None = None,
    axis_format: str = ",.3~f",
    most: float | None = None,
) -> Chart:
    """Horizontal bars from zero: id and name, length, label, colour; ``mark`` is a line across all with its name."""
    rows = [
        {"name": _label(words, name, entry_id), "value": value, "text": text, "colour": colour, "end": max(value, 0.0)}
        for (entry_id, name), value, text, colour in entries
    ]
    labels = [str(row["name"]) for row in rows]
    values = [value for _, value, _, _ in entries] + ([mark[0]] if mark else [])
    letters = max((cell_len(text) for _, _, text, _ in entries), default=4)
    low, high = _room(values, letters, labels)
    domain = (low, high if most is None else max(most, high))
    x = _amounts("value", axis, domain)
    x["axis"]["format"] = axis_format
    colours = {"field": "colour", "type": "nominal", "scale": None}
    bar: Spec = {"type": "bar", "height": {"band": 0.62}}
    layers = [_layer(rows, bar, {"y": _names(labels), "x": x, "color": colours})]
    if mark is not None:
        at = [{"value": mark[0], "text": mark[1]}]
        layers.append(_layer(at, {"type": "rule", "color": INK, "strokeDash": [4, 3]}, {"x": x}))
        above: Spec = {"type": "text", "baseline": "bottom", "dy": -4, "fontSize": 11, "color": INK}
        layers.append(_layer(at, above, {"x": x, "y": {"value": 0}, "text": {"field": "text"}}))
    places = {"y": _names(labels), "x": x | {"field": "end"}, "text": {"field": "text"}}
    beside: Spec = {"type": "text", "align": "left", "dx": 5}
    if mark is not None:  # figures on a white edge, where the line would cross them
        layers.append(_layer(rows, beside | {"stroke": "white", "strokeWidth": 5, "strokeJoin": "round"}, places))
    layers.append(_layer(rows, beside, places))
    alt = words.listed(words.say("says", what=named(*name, " "), text=text) for name, _, text, _ in entries)
    return _chart(
        chart_id, title, [*layers, _named(labels)], _height(labels), alt, **_beside(labels, 24 if mark else 8)
    )


def chance_chart(reps: Sequence[Spread], words: Wording) -> Chart:
    """Chance of each rep to reach the quota."""
    entries = [
        ((rep.id, rep.name), rep.p_quota, words.percent(rep.p_quota, 0), BLUE)
        for rep in reps
        if rep.p_quota is not None
    ]
    title = words.say("chance.title")
    return _bars("chance", title, entries, words.say("column.p_quota"), words, axis_format=".0%", most=1.0)


def coverage_chart(kind: str, entries: Sequence[Coverage], words: Wording) -> Chart:
    """Open pipeline ÷ what is asked, by region or rep; the line is where it covers what is asked once."""
    bars = [
        ((entry.id, entry.name), entry.ratio, words.times(entry.ratio), BLUE if entry.ratio >= 1 else ORANGE)
        for entry in entries
        if entry.ratio is not None
    ]
    once = (1.0, words.times(1.0))
    title, axis = words.say(f"coverage.{kind}"), words.say(f"coverage.axis.{kind}")
    return _bars(f"coverage-{kind}", title, bars, axis, words, once)


def fairness_chart(reps: Sequence[tuple[tuple[str, str], float]], mean: float, words: Wording) -> Chart:
    """Quota ÷ potential of each rep against that of all."""
    bars = [
        (name, stretch, words.times(stretch), BLUE if stretch <= mean else ORANGE)
        for name, stretch in sorted(reps, key=lambda entry: -entry[1])
    ]
    line = (mean, words.say("fairness.mean", mean=words.times(mean)))
    return _bars("fairness", words.say("fairness.chart"), bars, words.say("fairness.stretch"), words, line)


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
    return _bars("prices", words.say("prices.title"), bars, words.unit_of(scale, currency), words)


def risk_map(rows: Sequence[StressRow], words: Wording, currency: str) -> Chart:
    """Risks × contingency plans: what a risk costs without a plan, and what each plan against it brings.

    A plan answers one risk or a few, so a column each would be nearly empty: plans stand beside each other in the row
    of their risk, under their names.
    """
    scale = words.scale(_worth(row) for row in rows)
    risks = {row.risk: _label(words, row.risk_name, row.risk) for row in rows}
    slots: Counter[str] = Counter()
    cells = []
    for row in rows:
        name = words.say("risk_map.none") if not row.plan else wrapped(row.plan, _CELL_LETTERS)
        worth = _worth(row)
        text = f"{scale.signed(worth)}\n{name}"
        cells.append({"name": risks[row.risk], "slot": slots[row.risk], "worth": worth / scale.divisor, "text": text})
        slots[row.risk] += 1
    largest = max((abs(float(str(cell["worth"]))) for cell in cells), default=1.0) or 1.0
    labels = list(risks.values())
    x = {"field": "slot", "type": "ordinal", "axis": None, "scale": {"paddingInner": 0.04}}
    colour = {
        "field": "worth",
        "type": "quantitative",
        "scale": {"domain": [-largest, 0, largest], "range": [VERMILION, "#F7F7F7", BLUE]},
        "legend": None,
    }
    ink = {"condition": {"test": f"abs(datum.worth) > {0.75 * largest}", "value": "white"}, "value": INK}
    middle = {"expr": "-6 * (length(split(datum.text, '\\n')) - 1)"}
    places = {"x": x, "y": _names(labels)}
    layers = [
        _layer(cells, {"type": "rect", "height": {"band": 0.94}}, places | {"color": colour}),
        _layer(
            cells, {"type": "text", "fontSize": 11, "dy": middle}, places | {"text": {"field": "text"}, "color": ink}
        ),
    ]
    title = words.say("title.money", title=words.say("risk_map.title"), unit=words.unit_of(scale, currency))
    alt = words.listed(words.say("says", what=row.plan or row.risk, text=scale.signed(_worth(row))) for row in rows)
    height = len(labels) * (10 + 12 * max(len(str(cell["text"]).split("\n")) for cell in cells))
    return _chart("risks", title, [*layers, _named(labels)], height, alt, **_beside(labels, 8, 8))


def _worth(row: StressRow) -> float:
    """Signed amount lost to a risk, or contribution gained by a plan against it."""
    if not row.plan:
        return -row.cost_signed.mean
    return row.gain_contribution.mean if row.gain_contribution is not None else 0.0


def worth_chart(rows: Sequence[StressRow], words: Wording, currency: str) -> Chart:
    """Net gain of each contingency plan with its 95% interval; beyond zero the sign is certain."""
    gains = [(row.plan, row.gain_contribution) for row in rows if row.plan and row.gain_contribution is not None]
    scale = words.scale(bound for _, gain in gains for bound in (gain.ci_low, gain.ci_high))
    entries: list[dict[str, object]] = [
        {
            "name": _label(words, plan),
            "low": gain.ci_low / scale.divisor,
            "mean": gain.mean / scale.divisor,
            "high": gain.ci_high / scale.divisor,
            "end": max(gain.ci_high / scale.divisor, 0.0),
            "text": _with_half(scale, gain.mean, (gain.ci_high - gain.ci_low) / 2),
            "colour": BLUE if gain.ci_low > 0 else VERMILION if gain.ci_high < 0 else GREY,
        }
        for plan, gain in gains
    ]
    labels = [str(entry["name"]) for entry in entries]
    bounds = [float(str(entry[side])) for entry in entries for side in ("low", "high")]
    domain = _room(bounds, max((cell_len(str(entry["text"])) for entry in entries), default=0), labels)
    colour = {"field": "colour", "type": "nominal", "scale": None}
    x = _amounts("low", words.unit_of(scale, currency), domain)
    layers = [
        _layer([{"zero": 0}], {"type": "rule", "color": INK}, {"x": x | {"field": "zero"}}),
        _layer(
            entries,
            {"type": "rule", "strokeWidth": 3},
            {"y": _names(labels), "x": x, "x2": {"field": "high"}, "color": colour},
        ),
        _layer(
            entries,
            {"type": "point", "filled": True, "size": 80, "opacity": 1},
            {"y": _names(labels), "x": x | {"field": "mean"}, "color": colour},
        ),
        _layer(
            entries,
            {"type": "text", "align": "left", "dx": 8},
            {"y": _names(labels), "x": x | {"field": "end"}, "text": {"field": "text"}},
        ),
    ]
    alt = words.listed(words.say("says", what=str(e["name"]), text=str(e["text"])) for e in entries)
    return _chart("worth", words.say("worth.title"), [*layers, _named(labels)], _height(labels), alt, **_beside(labels))


def _with_half(scale: Scale, mean: float, half: float) -> str:
    return f"{scale.signed(mean)} {scale.within(half)}"


def tornado_chart(rows: Sequence[RangeRow], kpi: Kpi, words: Wording, currency: str) -> Chart:
    """What a KPI changes by where each figure stands at the low (orange) and the high (blue) end of its range."""
    amounts = [end.mean for row in rows for end in (row.at_low, row.at_high)]
    is_share = kpi.unit == "share"
    scale = Scale(words.say("tornado.points"), 0.01, 1) if is_share else words.scale(amounts)
    unit = scale.unit if is_share else words.unit_of(scale, currency)
    labels = [row.path if cell_len(row.path) <= _PATH_CELLS else f"…{row.path[1 - _PATH_CELLS :]}" for row in rows]
    bars = [
        {
            "name": label,
            "from": 0.0,
            "to": end.mean / scale.divisor,
            "end": max(end.mean / scale.divisor, 0.0) if end is widest else None,
            "text": words.say("tornado.ends", low=scale.signed(row.at_low.mean), high=scale.signed(row.at_high.mean)),
            "colour": ORANGE if end is row.at_low else BLUE,
        }
        for label, row in zip(labels, rows, strict=True)
        for widest in [max((row.at_low, row.at_high), key=lambda figure: figure.mean)]
        for end in (row.at_low, row.at_high)
    ]
    domain = _room([amount / scale.divisor for amount in amounts], _ENDS_LETTERS, labels)
    x = _amounts("from", [words.say("tornado.axis", unit=unit), words.say("tornado.colours")], domain)
    layers = [
        _layer(
            bars,
            {"type": "bar", "height": {"band": 0.62}},
            {"y": _names(labels), "x": x, "x2": {"field": "to"}, "color": {"field": "colour", "scale": None}},
        ),
        _layer(
            [bar for bar in bars if bar["end"] is not None],
            {"type": "text", "align": "left", "dx": 5},
            {"y": _names(labels), "x": x | {"field": "end"}, "text": {"field": "text"}},
        ),
        _layer([{"zero": 0}], {"type": "rule", "color": INK}, {"x": x | {"field": "zero"}}),
    ]
    said = dict.fromkeys((row.path, str(bar["text"])) for row, bar in zip(rows, bars[::2], strict=True))
    alt = words.listed(words.say("says", what=path, text=text) for path, text in said)
    title = words.say("tornado.title", kpi=words.choose("kpi", kpi.id, kpi.label))
    return _chart("tornado", title, [*layers, _named(labels)], _height(labels), alt, **_beside(labels, below=58))
