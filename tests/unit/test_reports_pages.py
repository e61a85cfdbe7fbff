"""Unit: what a planner sees of each result, at every width."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from rich.cells import cell_len
from rich.console import Console

from reports.layout import lay_out, wrapped
from reports.pages.run import page_of
from reports.specs import Bar, Mark, Page, Table
from reports.terminal import show
from reports.wording import CHINESE, ENGLISH
from studies.decisions.stress_rows import PlanRow
from studies.results import Change, Record
from tests.cli import samples

STUDIES: dict[str, Callable[[float], Record]] = {
    "allocate": samples.allocation,
    "simulate": samples.simulation,
    "compare": samples.comparison,
    "stress": samples.stress,
    "run": samples.run,
}
WIDTHS = (40, 60, 80, 100, 160)
SIZES = (0.001, 1.0, 12_345.678)
"""From a stall's money to a state's."""


def shown(page: Page, width: int = 80, colour: bool = False) -> str:
    text = io.StringIO()
    console = Console(
        file=text,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        markup=False,
        highlight=False,
        emoji=False,
    )
    show(page, ENGLISH, console)
    return text.getvalue()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("study", STUDIES)
def test_no_line_is_wider_than_the_terminal(study: str, width: int, size: float) -> None:
    text = shown(page_of(STUDIES[study](size), ENGLISH), width)
    assert [line for line in text.splitlines() if cell_len(line) > width] == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("study", STUDIES)
def test_every_figure_is_whole_or_its_column_is_named_as_left_out(study: str, width: int, size: float) -> None:
    page = page_of(STUDIES[study](size), ENGLISH)
    lines = [line.split() for line in shown(page, width).splitlines()]
    for table in (block for block in page.blocks if isinstance(block, Table)):
        layout = lay_out(table, width)
        for number, column in enumerate(table.columns):
            if column.kind != "figure" or column.heading in layout.left_out:
                continue
            for row in table.rows:
                cell = row.cells[number]
                assert not isinstance(cell, Bar)
                words = (cell.text if isinstance(cell, Mark) else cell).split()
                assert any(holds(line, words) for line in lines), (table.title, words)


def holds(line: list[str], words: list[str]) -> bool:
    """Whether the words stand side by side in a line."""
    return any(line[start : start + len(words)] == words for start in range(len(line) + 1))


@pytest.mark.parametrize("study", STUDIES)
def test_nothing_is_cut_short(study: str) -> None:
    assert "…" not in shown(page_of(STUDIES[study](1.0), ENGLISH))


@pytest.mark.parametrize("study", STUDIES)
def test_no_colour_unless_on_a_terminal(study: str) -> None:
    page = page_of(STUDIES[study](1.0), ENGLISH)
    assert "\x1b" not in shown(page)
    assert "\x1b[" in shown(page, colour=True)


@pytest.mark.parametrize("study", STUDIES)
@pytest.mark.parametrize("encoding", ["ascii", "gbk", "cp1252"])
def test_a_terminal_of_another_encoding_gets_letters_that_it_has(study: str, encoding: str) -> None:
    buffer = io.BytesIO()
    stream = io.TextIOWrapper(buffer, encoding=encoding)
    show(page_of(STUDIES[study](1.0), ENGLISH), ENGLISH, Console(file=stream, width=80, markup=False))
    stream.flush()
    text = buffer.getvalue().decode(encoding)
    assert [line for line in text.splitlines() if cell_len(line) > 80] == []
    assert "−" not in text


def test_the_simulation_starts_with_the_chance_and_the_range() -> None:
    text = shown(page_of(samples.simulation(), ENGLISH))
    assert "Chance of reaching 18.0 M CNY: 47.6% (simulation ±2.2 points)." in text
    assert "In 8 of 10 quarters you would sign between 15.4 M and 20.6 M; half of them reach" in text
    assert "Forced to strike: K1@week5." in text


def test_the_bridge_adds_up_to_the_target_and_names_what_is_above_it() -> None:
    text = shown(page_of(samples.simulation(), ENGLISH), 100)
    lines = [line.split() for line in text.splitlines()]
    assert any(line[:4] == ["Open", "pipeline", "+9.46", "±0.06"] for line in lines)
    assert any(line[:4] == ["Above", "the", "target", "−0.47"] for line in lines)


def test_optimism_is_said_with_its_share_and_interval() -> None:
    text = " ".join(shown(page_of(samples.simulation(), ENGLISH)).split())
    assert "counts on 18.8 M; without risks the simulation signs 17.5 M" in text
    assert "1.29 M (6.9%) too hopeful (±540 k)" in text


def test_the_allocation_says_over_assignment_and_unspent_money() -> None:
    text = shown(page_of(samples.allocation(), ENGLISH))
    assert "111.8% of the target: 11.8% over-assigned" in text
    assert "Left unspent: marketing 76,000." in text
    assert "Huang Jianguo" in text
    assert "no potential" in text


def test_prices_that_change_nothing_are_left_out_and_members_that_agree_share_a_row() -> None:
    lines = [line.split() for line in shown(page_of(samples.allocation(), ENGLISH)).splitlines()]
    assert ["R3", "+1", "percentage", "point", "−2,149", "0"] in lines
    assert ["T5", "(each)", "+1", "percentage", "point", "0", "−41,000"] in lines
    assert not any(line[:2] == ["R3", "−1"] for line in lines)


def test_a_member_that_misses_its_rule_has_a_row_of_its_own() -> None:
    text = shown(page_of(samples.allocation(), ENGLISH), 160)
    assert "T3 northwest · Each region carries the quotas" in text
    assert "gives way by 497,000" in text
    assert "binds (3 of 3)" in text


def test_the_stress_test_gives_each_figure_its_interval_and_a_verdict() -> None:
    text = shown(page_of(samples.stress(), ENGLISH), 160)
    lines = [line.split() for line in text.splitlines()]
    assert any({"329", "±86", "263", "±77", "hurts"} <= set(line) for line in lines)
    assert any({"+41", "±12", "+2.1", "±1.2", "buy"} <= set(line) for line in lines)
    assert "never struck" in text
    assert "Cannot tell yet: the interval includes zero" in text
    assert "Does not matter: zero lies in the interval, and all of it within 90.0 k CNY either way" in text


def test_which_size_counts_is_said_in_the_unit_of_the_verdict_and_only_where_a_verdict_is_about_it() -> None:
    by_chance = samples.stress().model_copy(update={"criterion": "p_target"})
    for result, says in ((samples.stress(), "±9.00万元"), (by_chance, "±5 个百分点")):
        assert f"“无实质差别”指置信区间包含零，且整个区间都在 {says} 之内" in shown(page_of(result, CHINESE), 160)
    rows = tuple(row for row in by_chance.rows if row.plan != "K5-notes")
    assert "smallest_difference" not in shown(page_of(by_chance.model_copy(update={"rows": rows}), ENGLISH), 160)


def test_the_comparison_shows_both_sides_and_the_paired_difference() -> None:
    text = shown(page_of(samples.comparison(), ENGLISH))
    assert "47.6% → 30.2%, a difference of −17.4 points" in text
    lines = [line.split() for line in text.splitlines()]
    assert any(line[-6:] == ["17.9", "M", "16.7", "M", "−1.20", "M"] or "−1.20" in line for line in lines)
    assert "and 10 more, in --json" in text
    assert "Rules that A's allocation does not keep" in text
    assert "Rules that B's allocation does not keep" in text
    kept = samples.comparison().model_copy(update={"allocation": "keep", "decisions": ()})
    assert "B keeps A's allocation where none is given" in shown(page_of(kept, ENGLISH))
    handed = Change(path="quota.R01", old="1", new="2", by="allocation")
    other = kept.model_copy(update={"decisions": (handed,)})
    assert "B keeps A's allocation" not in shown(page_of(other, ENGLISH)), "it was handed one of its own"
    alike = samples.comparison().model_copy(update={"violations_a": samples.comparison().violations})
    assert "Rules that neither allocation keeps" in shown(page_of(alike, ENGLISH))


def test_rules_that_a_hand_made_allocation_misses_are_listed() -> None:
    text = shown(page_of(samples.simulation(), ENGLISH))
    assert "Rules that this allocation does not keep" in text
    kept = samples.simulation().model_copy(update={"violations": ()})
    assert "does not keep" not in shown(page_of(kept, ENGLISH))


def test_the_run_starts_with_what_matters() -> None:
    text = " ".join(shown(page_of(samples.run(), ENGLISH)).split())
    first = text[: text.index("Allocation optimised") if "Allocation optimised" in text else 1200]
    assert "The costliest risk is K5 · A rep leaves 销售离职: 263 k (±77.0 k) expected, 6.7 points of the" in first
    assert (
        "Whether they gain or lose cannot be told, and it is less than 90.0 k CNY either way: K5-notes. Of 1" in first
    )


def test_plans_that_answer_no_strike_are_judged_in_the_summary_too() -> None:
    run = samples.run()
    shares = run.stress.rows[1].model_dump(include=set(PlanRow.model_fields))
    early = shares | {"plan": "early", "trigger": "date", "p_triggered": run.stress.p_target}
    for verdict, says in (("buy", "Buy: K5-handover, early."), ("do not buy", "Do not buy: early.")):
        others = (PlanRow.model_validate(early | {"verdict": verdict}),)
        judged = run.model_copy(update={"stress": run.stress.model_copy(update={"other_plans": others})})
        assert says in " ".join(shown(page_of(judged, ENGLISH)).split())


def test_long_lists_of_paths_are_broken_between_their_parts() -> None:
    text = wrapped("activities.digital.leads_per_unit、activities.online.leads_per_unit、activities.salon", 70)
    assert text.splitlines()[0] == "activities.digital.leads_per_unit、activities.online.leads_per_unit、"


def test_control_characters_in_names_do_not_reach_the_terminal() -> None:
    result = samples.simulation().model_copy(update={"plan": "Evil \x1b[2J\x07 plan [red]x[/red] :smile:"})
    text = shown(page_of(result, ENGLISH))
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "[red]x[/red] :smile:" in text
