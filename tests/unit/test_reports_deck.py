"""Unit: slides that PowerPoint can edit: the same bytes, nothing beyond a slide, names that never become formulas."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation

from reports.export import export_runs
from reports.slides.deck import deck_of
from reports.slides.slides import deck_file
from reports.specs import Plot
from reports.wording import CHINESE, ENGLISH, Wording
from scenarios.errors import RequirementFailed, UsageError
from scenarios.loading import load_plan
from scenarios.plan import Plan
from tests.cli import samples
from tests.cli.saved import saved_run

NASTY = '=HYPERLINK("http://evil.example")'


@pytest.fixture(scope="module", name="plan")
def _plan() -> Plan:
    return load_plan("quarter").plan


def slides(data: bytes) -> list[Any]:
    return list(Presentation(io.BytesIO(data)).slides)


def texts(slide: Any) -> list[str]:
    found = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    found += [cell.text for shape in slide.shapes if shape.has_table for row in shape.table.rows for cell in row.cells]
    return found


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_a_run_is_the_same_bytes_every_time(plan: Plan, words: Wording) -> None:
    first = deck_file(deck_of([saved_run(plan)], words), words)
    assert first == deck_file(deck_of([saved_run(plan)], words), words)
    assert zipfile.ZipFile(io.BytesIO(first)).testzip() is None


def test_it_tells_the_headline_the_allocation_the_risks_the_checks_and_the_assumptions(plan: Plan) -> None:
    data = deck_file(deck_of([saved_run(plan)], ENGLISH), ENGLISH)
    said = [texts(slide) for slide in slides(data)]
    titles = list(dict.fromkeys(slide.shapes.title.text_frame.text for slide in slides(data)))
    assert titles[1:4] == ["In short", "Allocation", "Simulation"]
    assert titles[4:7] == ["Stress test", "May this be used?", "Assumptions"]
    assert "47.6%" in said[1]
    every = "\n".join(text for slide in said for text in slide)
    for what in ("Quotas and expected sales", "Risks × contingency plans", "REVIEW", "second hand or assumed"):
        assert what in every
    charts = [shape.chart for slide in slides(data) for shape in slide.shapes if shape.has_chart]
    assert len(charts) == 3
    bridge = charts[0].plots[0]
    totals = {name: value for name, value in zip(bridge.categories, bridge.series[1].values, strict=True) if value}
    assert totals["Target"] == pytest.approx(10.5)


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["en", "zh"])
@pytest.mark.parametrize("size", [0.001, 1.0, 1000.0])
def test_nothing_reaches_beyond_its_slide(plan: Plan, size: float, words: Wording) -> None:
    data = deck_file(deck_of([saved_run(plan, size=size)], words), words)
    deck = Presentation(io.BytesIO(data))
    for number, slide in enumerate(deck.slides, start=1):
        for shape in slide.shapes:
            assert shape.left >= 0, number
            assert shape.left + shape.width <= deck.slide_width + 1, (number, shape.name)
            assert shape.top + shape.height <= deck.slide_height + 1, (number, shape.name)
            if shape.has_table:
                assert shape.height <= sum(row.height for row in shape.table.rows) + 1


@pytest.mark.parametrize("study", ["allocation", "simulation", "comparison", "stress"])
def test_every_study_has_slides_and_further_runs_become_chapters(plan: Plan, study: str) -> None:
    alone = deck_of([saved_run(plan, getattr(samples, study)())], ENGLISH)
    assert alone.chapters[1].blocks
    both = deck_of([saved_run(plan), saved_run(plan, samples.comparison())], ENGLISH)
    assert both.chapters[4].title == deck_of([saved_run(plan, samples.comparison())], ENGLISH).chapters[1].title


def test_names_from_files_are_texts_and_never_formulas(plan: Plan) -> None:
    """Also in the workbooks that stand behind charts."""
    step = samples.simulation().bridge[0].model_copy(update={"id": "x", "label": NASTY})
    result = samples.simulation().model_copy(update={"bridge": (step, *samples.simulation().bridge[1:])})
    data = deck_file(
        deck_of([saved_run(plan.model_copy(update={"name": "a\x07b" + 300 * "c"}), result)], ENGLISH), ENGLISH
    )
    with zipfile.ZipFile(io.BytesIO(data)) as deck:
        books = [name for name in deck.namelist() if name.endswith(".xlsx")]
        assert len(books) == 2
        for name in books:
            with zipfile.ZipFile(io.BytesIO(deck.read(name))) as book:
                assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
    assert slides(data)[0].shapes.title.text_frame.text.startswith("a�bccc")


def test_a_bridge_below_zero_is_left_to_its_table(plan: Plan) -> None:
    below = samples.simulation().bridge[0].model_copy(update={"amount": -1e9})
    result = samples.simulation().model_copy(update={"bridge": (below, *samples.simulation().bridge[1:])})
    blocks = deck_of([saved_run(plan, result)], ENGLISH).chapters[1].blocks
    assert [block.kind for block in blocks if isinstance(block, Plot)] == ["lines"]


def test_a_failing_run_is_exported_only_anyway(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = samples.allocation().rules[1].model_copy(update={"status": "broken"})
    run = saved_run(plan, samples.simulation().model_copy(update={"violations": (broken,)}))
    monkeypatch.setattr("reports.export.read_run", lambda folder: run)
    excel, pptx = tmp_path / "run.xlsx", tmp_path / "run.pptx"
    with pytest.raises(RequirementFailed, match=r"1 check of this run fails \(Hard rules\).*--anyway"):
        export_runs([tmp_path], ENGLISH, excel=excel, pptx=pptx)
    assert not list(tmp_path.iterdir())
    export_runs([tmp_path], ENGLISH, excel=excel, pptx=pptx, anyway=True)
    assert "May this be used?: 1 fail" in "\n".join(texts(slides(pptx.read_bytes())[1]))
    assert capsys.readouterr().err == f"The workbook is in {excel}.\nThe slides are in {pptx}.\n"
    with pytest.raises(UsageError, match="exists already"):
        export_runs([tmp_path], ENGLISH, excel=tmp_path / "new.xlsx", pptx=pptx, anyway=True)
    assert not (tmp_path / "new.xlsx").exists()
    with pytest.raises(UsageError, match=r"ends in \.pptx"):
        export_runs([tmp_path], ENGLISH, pptx=tmp_path / "slides.ppt", anyway=True)
