"""Charts of what may go wrong: risks and contingency plans, what plans are worth, what the answer rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.cells import cell_len

from reports.documents.vega import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    VERMILION,
    amount_axis,
    beside,
    chart_of,
    height_of,
    label_of,
    layer,
    name_axis,
    name_marks,
    room_for,
)
from reports.layout import wrapped
from reports.specs import Chart
from reports.wording import Scale, Wording
from simulation.kpis import Kpi
from studies.decisions.sensitivity import RangeRow
from studies.decisions.stress_rows import StressRow

__all__ = ["risk_map", "tornado_chart", "worth_chart"]

_CELL_LETTERS = 12
"""Of a contingency plan's id in a line of its cell."""
_PATH_CELLS = 32
_ENDS_LETTERS = 14


def risk_map(rows: Sequence[StressRow], words: Wording, currency: str) -> Chart:
    """Risks × contingency plans: what a risk costs without a plan, and what each plan against it brings.

    A plan answers one risk or a few, so a column each would be nearly empty: plans stand beside each other in the row
    of their risk, under their names.
    """
    scale = words.scale(_worth(row) for row in rows)
    risks = {row.risk: label_of(words, row.risk_name, row.risk) for row in rows}
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
    places = {"x": x, "y": name_axis(labels)}
    layers = [
        layer(cells, {"type": "rect", "height": {"band": 0.94}}, places | {"color": colour}),
        layer(
            cells, {"type": "text", "fontSize": 11, "dy": middle}, places | {"text": {"field": "text"}, "color": ink}
        ),
    ]
    title = words.say("title.money", title=words.say("risk_map.title"), unit=words.unit_of(scale, currency))
    alt = words.listed(words.say("says", what=row.plan or row.risk, text=scale.signed(_worth(row))) for row in rows)
    height = len(labels) * (10 + 12 * max(len(str(cell["text"]).split("\n")) for cell in cells))
    return chart_of("risks", title, [*layers, name_marks(labels)], height, alt, **beside(labels, 8, 8))


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
            "name": label_of(words, plan),
            "low": gain.ci_low / scale.divisor,
            "mean": gain.mean / scale.divisor,
            "high": gain.ci_high / scale.divisor,
            "end": max(gain.ci_high / scale.divisor, 0.0),
            "text": _with_half(scale, gain.mean, gain.half_width),
            "colour": BLUE if gain.ci_low > 0 else VERMILION if gain.ci_high < 0 else GREY,
        }
        for plan, gain in gains
    ]
    labels = [str(entry["name"]) for entry in entries]
    bounds = [float(str(entry[side])) for entry in entries for side in ("low", "high")]
    domain = room_for(bounds, max((cell_len(str(entry["text"])) for entry in entries), default=0), labels)
    colour = {"field": "colour", "type": "nominal", "scale": None}
    x = amount_axis("low", words.unit_of(scale, currency), domain)
    layers = [
        layer([{"zero": 0}], {"type": "rule", "color": INK}, {"x": x | {"field": "zero"}}),
        layer(
            entries,
            {"type": "rule", "strokeWidth": 3},
            {"y": name_axis(labels), "x": x, "x2": {"field": "high"}, "color": colour},
        ),
        layer(
            entries,
            {"type": "point", "filled": True, "size": 80, "opacity": 1},
            {"y": name_axis(labels), "x": x | {"field": "mean"}, "color": colour},
        ),
        layer(
            entries,
            {"type": "text", "align": "left", "dx": 8},
            {"y": name_axis(labels), "x": x | {"field": "end"}, "text": {"field": "text"}},
        ),
    ]
    alt = words.listed(words.say("says", what=str(e["name"]), text=str(e["text"])) for e in entries)
    return chart_of(
        "worth", words.say("worth.title"), [*layers, name_marks(labels)], height_of(labels), alt, **beside(labels)
    )


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
    domain = room_for([amount / scale.divisor for amount in amounts], _ENDS_LETTERS, labels)
    x = amount_axis("from", [words.say("tornado.axis", unit=unit), words.say("tornado.colours")], domain)
    layers = [
        layer(
            bars,
            {"type": "bar", "height": {"band": 0.62}},
            {"y": name_axis(labels), "x": x, "x2": {"field": "to"}, "color": {"field": "colour", "scale": None}},
        ),
        layer(
            [bar for bar in bars if bar["end"] is not None],
            {"type": "text", "align": "left", "dx": 5},
            {"y": name_axis(labels), "x": x | {"field": "end"}, "text": {"field": "text"}},
        ),
        layer([{"zero": 0}], {"type": "rule", "color": INK}, {"x": x | {"field": "zero"}}),
    ]
    said = dict.fromkeys((row.path, str(bar["text"])) for row, bar in zip(rows, bars[::2], strict=True))
    alt = words.listed(words.say("says", what=path, text=text) for path, text in said)
    title = words.say("tornado.title", kpi=words.choose("kpi", kpi.id, kpi.label))
    return chart_of("tornado", title, [*layers, name_marks(labels)], height_of(labels), alt, **beside(labels, below=58))
