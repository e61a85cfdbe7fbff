"""Charts as pictures: Vega-Lite drawn to SVG or PNG by vl-convert, without a browser and without the internet.

Charts stand in a report as SVG drawn once, not as scripts that draw in the browser: the page is smaller (a bundle is
0.9 MB of script), prints sharply, needs no script to be allowed and is the same in bytes on every rebuild.
"""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from reports.specs import Chart

__all__ = ["FONTS", "data_uri", "has_chinese_font", "svg_of", "write_charts"]

FONTS = (
    "'Noto Sans', 'Segoe UI', 'Helvetica Neue', Arial, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans SC', "
    "'WenQuanYi Micro Hei', sans-serif"
)
"""A reader's own fonts: Latin letters first, then Chinese ones of macOS, Windows and Linux."""
_PNG_SCALE = 2.0


def svg_of(chart: Chart) -> str:
    """The chart as SVG; its letters are drawn in the viewer's fonts."""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(chart.vega))


def data_uri(svg: str) -> str:
    """A picture to stand inside a page: each apart, so that ids in one cannot reach into another."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


@cache
def has_chinese_font() -> bool:
    """Whether this machine can draw Chinese letters into a PNG; without fontconfig we cannot know and say no."""
    try:
        found = subprocess.run(
            ["fc-list", ":lang=zh", "family"], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return bool(found.stdout.strip())


def write_charts(charts: Sequence[Chart], folder: Path) -> tuple[Path, ...]:
    """Every chart as SVG and PNG; OSError where the folder cannot be written."""
    import vl_convert

    written = []
    folder.mkdir(parents=True, exist_ok=True)
    for chart in charts:
        svg, png = folder / f"{chart.id}.svg", folder / f"{chart.id}.png"
        svg.write_text(svg_of(chart), encoding="utf-8")
        png.write_bytes(vl_convert.vegalite_to_png(chart.vega, scale=_PNG_SCALE))
        written += [svg, png]
    return tuple(written)
