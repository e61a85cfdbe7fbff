"""Browser: a report, opened in Chromium, asks for nothing outside, complains of nothing and has room for everything."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from reports.documents.document import report_of
from reports.documents.html import report_html
from reports.languages import LANGUAGES
from scenarios.loading import load_plan
from tests.cli.saved import saved_run

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--hide-scrollbars"),
)
OWN = re.compile(r"https?://([\w-]+\.)*(google|googleapis|gstatic|gvt1)\.com[/:]")
"""What Chromium asks of its makers by itself, whatever page is open."""
MEASURE = (
    "<script>addEventListener('load', () => console.log('MEASURED ' + JSON.stringify({"
    "wide: document.documentElement.scrollWidth, pictures: [...document.images].map(i => i.naturalWidth),"
    "cut: [...document.querySelectorAll('td,h1,h2,h3,p,dd,figcaption')]"
    ".filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0).map(e => e.textContent)})))</script>"
)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")


def opened(path: Path, width: int = 1200) -> tuple[list[str], list[str]]:
    """What the page said on its console, and addresses that were asked for."""
    folder = path.parent / f"profile-{width}"
    log = path.parent / f"net-{width}.json"
    command = [
        str(CHROMIUM),
        *QUIET,
        f"--user-data-dir={folder}",
        f"--window-size={width},1600",
        f"--log-net-log={log}",
    ]
    command += ["--enable-logging=stderr", "--log-level=0", f"--screenshot={path.parent / 'page.png'}", path.as_uri()]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=180, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("Chromium did not answer within three minutes")
    if ran.returncode != 0 or not log.exists():
        pytest.skip(f"Chromium does not run here: {ran.stderr.strip()[-200:]}")
    said = re.findall(r'CONSOLE[^\]]*\] "(.*)", source: ', ran.stderr)
    asked = re.findall(r'"url":"(https?://[^"]*)"', log.read_text(encoding="utf-8", errors="replace"))
    return said, [url for url in asked if not OWN.match(url)]


def test_what_it_would_find_is_found(tmp_path: Path) -> None:
    """The test of the test: a page that asks and complains."""
    page = tmp_path / "bad.html"
    page.write_text('<img src="http://quarterdeck.invalid/x.png"><script>console.error("oh dear")</script>')
    said, asked = opened(page)
    assert said[0] == "oh dear"
    assert "http://quarterdeck.invalid/x.png" in asked


@pytest.mark.parametrize(("language", "width"), [("en", 1200), ("zh", 500)])
def test_a_report_asks_for_nothing_and_has_room(language: str, width: int, tmp_path: Path) -> None:
    words = LANGUAGES[language]
    text = report_html(report_of([saved_run(load_plan("quarter").plan)], words), words)
    page = tmp_path / "report.html"
    page.write_text(text, encoding="utf-8")
    said, asked = opened(page, width)
    assert said == []
    assert asked == []
    measured = tmp_path / "measured.html"
    measured.write_text(text.replace("default-src 'none';", "script-src 'unsafe-inline';") + MEASURE, encoding="utf-8")
    said, _ = opened(measured, width)
    found = json.loads(said[0].removeprefix("MEASURED ").replace('\\"', '"'))
    assert found["wide"] <= width
    assert len(found["pictures"]) >= 13
    assert min(found["pictures"]) > 0
    assert found["cut"] == []
