"""Charts on a slide that the office program draws itself, from a small workbook that stands behind each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.dml import MSO_LINE
from pptx.util import Pt

from reports.slides.slide_shapes import INK, SMALL, printed
from reports.specs import Plot
from reports.wording import ENGLISH
from reports.workbooks.workbook import Book

__all__ = ["add_chart"]

_KINDS = {
    "steps": XL_CHART_TYPE.BAR_STACKED,
    "bars": XL_CHART_TYPE.BAR_STACKED,
    "lines": XL_CHART_TYPE.LINE,
}
_COLOURS: Mapping[str, str] = {
    "total": "B8BEC7",
    "more": "7CC4EE",
    "less": "F2A26B",
    "middle": "0072B2",
    "edge": "56B4E9",
    "path": "D55E00",
}
"""Bars are light enough for dark figures on them: a figure begins in its bar and goes on beside a short one."""


def add_chart(slide: Any, left: float, top: float, width: float, height: float, plot: Plot) -> None:
    """Draw a plot."""
    data = CategoryChartData(number_format=_format(plot))
    data.categories = [printed(category) for category in plot.categories]
    for series in plot.series:
        data.add_series(printed(series.name), series.values)
    frame = slide.shapes.add_chart(_KINDS[plot.kind], Pt(left), Pt(top), Pt(width), Pt(height), data)
    chart = frame.chart
    chart.part.chart_workbook.update_from_xlsx_blob(_workbook(plot))
    chart.font.size = Pt(SMALL)
    chart.font.color.rgb = RGBColor.from_string(INK)
    chart.has_title = False
    ticks = chart.value_axis.tick_labels
    ticks.number_format, ticks.number_format_is_linked = "#,##0" if _largest(plot) >= 10 else _format(plot), False
    chart.value_axis.major_gridlines.format.line.color.rgb = RGBColor.from_string("E5E7EB")
    chart.value_axis.format.line.fill.background()
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    chart.category_axis.format.line.color.rgb = RGBColor.from_string("6B7280")
    if plot.kind == "lines":
        _lines(chart, plot)
    else:
        _bars(chart, plot)


def _format(plot: Plot) -> str:
    return "#,##0" + ("." + "0" * plot.decimals if plot.decimals else "")


def _largest(plot: Plot) -> float:
    return max((abs(value) for series in plot.series for value in series.values if value is not None), default=0.0)


def _lines(chart: Any, plot: Plot) -> None:
    chart.has_legend = True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    for line, series in zip(chart.plots[0].series, plot.series, strict=True):
        line.smooth = False
        line.format.line.color.rgb = RGBColor.from_string(_COLOURS[series.kind])
        line.format.line.width = Pt(2.5 if series.kind == "middle" else 1.75)
        if series.kind == "path":
            line.format.line.dash_style = MSO_LINE.DASH
        line.marker.style = XL_MARKER_STYLE.NONE


def _bars(chart: Any, plot: Plot) -> None:
    """Flat bars from top to bottom, with their figures; what is unseen has none."""
    chart.has_legend = False
    chart.category_axis.reverse_order = True
    chart.value_axis.tick_label_position = XL_TICK_LABEL_POSITION.HIGH  # below, the order being turned round
    drawn = chart.plots[0]
    drawn.gap_width, drawn.overlap = 45, 100
    signs = {"more": "+", "less": "−"} if plot.kind == "steps" else {"more": "+", "less": ""}
    for bar, series in zip(drawn.series, plot.series, strict=True):
        if series.kind == "foot":
            bar.format.fill.background()
            continue
        bar.format.fill.solid()
        bar.format.fill.fore_color.rgb = RGBColor.from_string(_COLOURS[series.kind])
        bar.invert_if_negative = False
        labels = bar.data_labels
        labels.show_value = True
        labels.position = XL_LABEL_POSITION.INSIDE_BASE
        sign, form = signs.get(series.kind, ""), _format(plot)
        labels.number_format = f'"{sign}"{form}' if sign else f"{form};−{form}"
        labels.number_format_is_linked = False
        labels.font.size = Pt(SMALL)


def _workbook(plot: Plot) -> bytes:
    """The figures behind a chart, at the cells that it names: names from files are texts there, never formulas."""
    book = Book(ENGLISH)
    page, form = book.page("Sheet1"), book.format()
    for row, category in enumerate(plot.categories, start=1):
        book.put(page, row, 0, printed(category), form)
    for column, series in enumerate(plot.series, start=1):
        book.put(page, 0, column, printed(series.name), form)
        for row, value in enumerate(series.values, start=1):
            book.put(page, row, column, value, form)
    return book.bytes()
