"""Charts of a report: figures of results and words → Vega-Lite, by hand and small enough to be read.

Every chart is drawn for one width, which a column of the page and a phone both have, and its labels are as large as
the text beside it. Colours are those of Okabe and Ito ("Color Universal Design", 2008), told apart by all readers;
what a colour says is also said by a sign, a place or a figure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.cells import cell_len

from reports.documents.drawing import FONTS
from reports.pages.parts import named, shortened
from reports.specs import Chart
from reports.wording import Wording

__all__ = [
    "BLUE",
    "FAINT",
    "GREEN",
    "GREY",
    "HAN",
    "INK",
    "ORANGE",
    "SKY",
    "VERMILION",
    "Spec",
    "amount_axis",
    "bar_chart",
    "beside",
    "chart_of",
    "height_of",
    "label_of",
    "layer",
    "name_axis",
    "name_marks",
    "room_for",
]

Spec = dict[str, Any]

WIDTH = 480
BLUE, VERMILION, GREEN, ORANGE, SKY, GREY = "#0072B2", "#D55E00", "#009E73", "#E69F00", "#56B4E9", "#6B7280"
INK, FAINT = "#1F2933", "#E5E7EB"
_NAME_CELLS = 24
_ROW = 24
"""Height of a bar with its label, in pixels; a second line of the label takes as much again as a letter."""
HAN = re.compile(r" (?=[\u4e00-\u9fff])")

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


def chart_of(chart_id: str, title: str, layers: Sequence[Spec], height: int, alt: str, **more: object) -> Chart:
    """A chart of layers, at the width of all."""
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


def layer(rows: Sequence[Mapping[str, object]], mark: Spec, encoding: Spec) -> Spec:
    """Figures, how they are marked, and what of them is shown where."""
    return {"data": {"values": [dict(row) for row in rows]}, "mark": mark, "encoding": encoding}


def label_of(words: Wording, name: str, entry_id: str = "") -> str:
    """A name in one line beside a bar: whole where it fits, else its part in the reader's letters, cut if it must be.

    Tables beside the chart have it in full.
    """
    whole = named(entry_id, name, " ") if entry_id else name
    if cell_len(whole) <= _NAME_CELLS:
        return whole
    latin, *chinese = HAN.split(name, maxsplit=1)
    part = chinese[0] if chinese and words.code == "zh" else latin
    return shortened(f"{entry_id} {part}".strip(), _NAME_CELLS)


def name_axis(labels: Iterable[str]) -> Spec:
    """A vertical axis of names, in the order given; they are written by ``_named``."""
    return {"field": "name", "type": "nominal", "sort": list(dict.fromkeys(labels)), "axis": None}


def name_marks(labels: Iterable[str]) -> Spec:
    """The names beside their bars, as a mark: with the room that was left for it, whatever fonts this machine has."""
    rows = [{"name": label} for label in dict.fromkeys(labels)]
    mark: Spec = {"type": "text", "align": "right", "dx": -8}
    return layer(rows, mark, {"y": name_axis(labels), "x": {"value": 0}, "text": {"field": "name"}})


def beside(labels: Iterable[str], above: int = 8, below: int = 42) -> Spec:
    """Room for names beside bars and for axes, by their letters: the same whatever fonts this machine measures with."""
    cells = max(map(cell_len, labels), default=0)
    left = round(cells * 6.7) + 14
    padding = {"left": left, "right": 10, "top": above, "bottom": below}
    return {"width": WIDTH - left - 10, "autosize": "none", "padding": padding}


def height_of(labels: Sequence[str]) -> int:
    """Height that bars with these labels take."""
    return max(len(labels), 1) * _ROW


def amount_axis(
    field: str, title: str | list[str], domain: Sequence[float] | None = None, end: str | None = None
) -> Spec:
    """A horizontal axis of figures that are finished: what it shows is only where they stand."""
    channel: Spec = {
        "field": field,
        "type": "quantitative",
        "axis": {"title": title, "tickCount": 5, "format": ",.3~f"},
    }
    if domain is not None:
        channel["scale"] = {"domain": list(domain), "nice": False, "zero": False}
    return channel


def room_for(values: Sequence[float], letters: int, labels: Iterable[str]) -> tuple[float, float]:
    """A domain with zero in it that leaves room for so many letters to the right of what is drawn."""
    inner = float(beside(labels)["width"])
    low, high = min(0.0, *values), max(0.0, *values)
    share = min((letters * 6.7 + 12) / inner, 0.7)
    low -= 0.03 * (high - low) if low < 0 else 0.0
    return low, low + (high - low or 1.0) / (1 - share)


def bar_chart(
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
        {
            "name": label_of(words, name, entry_id),
            "value": value,
            "text": text,
            "colour": colour,
            "end": max(value, 0.0),
        }
        for (entry_id, name), value, text, colour in entries
    ]
    labels = [str(row["name"]) for row in rows]
    values = [value for _, value, _, _ in entries] + ([mark[0]] if mark else [])
    letters = max((cell_len(text) for _, _, text, _ in entries), default=4)
    low, high = room_for(values, letters, labels)
    domain = (low, high if most is None else max(most, high))
    x = amount_axis("value", axis, domain)
    x["axis"]["format"] = axis_format
    colours = {"field": "colour", "type": "nominal", "scale": None}
    bar: Spec = {"type": "bar", "height": {"band": 0.62}}
    layers = [layer(rows, bar, {"y": name_axis(labels), "x": x, "color": colours})]
    if mark is not None:
        at = [{"value": mark[0], "text": mark[1]}]
        layers.append(layer(at, {"type": "rule", "color": INK, "strokeDash": [4, 3]}, {"x": x}))
        above: Spec = {"type": "text", "baseline": "bottom", "dy": -4, "fontSize": 11, "color": INK}
        layers.append(layer(at, above, {"x": x, "y": {"value": 0}, "text": {"field": "text"}}))
    places = {"y": name_axis(labels), "x": x | {"field": "end"}, "text": {"field": "text"}}
    figure: Spec = {"type": "text", "align": "left", "dx": 5}
    if mark is not None:  # figures on a white edge, where the line would cross them
        layers.append(layer(rows, figure | {"stroke": "white", "strokeWidth": 5, "strokeJoin": "round"}, places))
    layers.append(layer(rows, figure, places))
    alt = words.listed(words.say("says", what=named(*name, " "), text=text) for name, _, text, _ in entries)
    return chart_of(
        chart_id, title, [*layers, name_marks(labels)], height_of(labels), alt, **beside(labels, 24 if mark else 8)
    )
