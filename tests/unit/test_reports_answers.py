"""Unit: what a planner sees of answers about an allocation, at every width."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

import pytest
from rich.cells import cell_len

from reports.layout import lay_out
from reports.messages import say_error
from reports.pages.answers import Answer, answer_page
from reports.pages.rules import group_name, prices_table, resources_table, rules_table
from reports.pages.run import page_of
from reports.specs import Bar, Mark, Page, Table, text_of
from reports.wording import CHINESE, ENGLISH
from scenarios.errors import NoFeasibleAllocation, Repair
from studies.allocation.results import Point, ResourceRow, RoundingRow, RuleRow
from studies.decisions.break_even import BreakEven
from tests.cli import answers, decided, samples
from tests.unit.test_reports_pages import SIZES, WIDTHS, holds, shown

ANSWERS: dict[str, Callable[[float], Answer]] = {
    "why": answers.explained,
    "options": answers.alternatives,
    "keep-close": answers.close,
    "fairness": answers.fairness,
    "sweep": answers.sweep,
    "reach": answers.reach,
    "money": answers.money,
}


def said(page: Page, width: int = 80) -> str:
    """What is shown, in one line."""
    return " ".join(shown(page, width).split())


@pytest.mark.parametrize("in_full", [True, False])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("answer", ANSWERS)
def test_no_line_is_wider_than_the_terminal_and_no_figure_is_cut(
    answer: str, width: int, size: float, in_full: bool
) -> None:
    page = answer_page(ANSWERS[answer](size), ENGLISH, in_full=in_full)
    text = shown(page, width)
    assert [line for line in text.splitlines() if cell_len(line) > width] == []
    assert "…" not in text
    lines = [line.split() for line in text.splitlines()]
    for table in (block for block in page.blocks if isinstance(block, Table)):
        layout = lay_out(table, width)
        for number, column in enumerate(table.columns):
            if column.kind != "figure" or column.heading in layout.left_out:
                continue
            for row in table.rows:
                cell = row.cells[number]
                if not isinstance(cell, Bar):
                    words = (cell.text if isinstance(cell, Mark) else cell).split()
                    assert any(holds(line, words) for line in lines), (table.title, words)


def test_why_is_answered_in_sentences() -> None:
    text = said(answer_page(answers.explained(), ENGLISH, in_full=True))
    assert "R13 Zhou Ping 周平 is asked 1,350,000" in text
    assert "T5 fixes it: 1.5 × 900,000 a head = 1,350,000." in text
    assert "Its potential is 904,828: own pipeline 612,000, leads that come by themselves 120,000" in text
    assert "own renewals" not in text  # there are none
    assert "Its stretch is 1.49×: the highest of 3. Over all it is 1.08×." in text
    assert "Neither 10,000 more nor 10,000 less is possible with T5." in text
    assert "Hours: 1,480 needed of 1,300 there. They are used up." in text
    assert "How it is split also depends on T1-star, east-salons." in text


def test_why_says_what_a_push_would_meet() -> None:
    text = said(answer_page(answers.explained(), ENGLISH, in_full=True))
    assert "No rule fixes it" in text
    assert "only 1 of 3 is higher" in text
    assert "10,000 more: possible, at 1,234 of contribution." in text
    assert "10,000 less: possible at no cost in money, but quotas would be less even" in text
    assert "10,000 more: not possible with the hours of R15, the sum of all quotas." in text
    assert "10,000 less: possible, and nothing gets worse." in text
    assert "T3 wishes for 35.8% of 20,340,000 in quotas" in text
    assert "It gives way by 339,000." in text
    assert "only if soft rules give: T3 east by 10,000 more, T3 x by 1 less." in text
    assert "It was decided by hand: 900,000, because she was promised it (lock keep)." in text


def test_locks_show_what_was_calculated_and_what_holds() -> None:
    text = said(answer_page(answers.explained(), ENGLISH))
    assert "keep she was promised it 990,000 900,000 −90,000" in text
    assert "change the contribution by −1,200, and what soft rules miss (weighted by priority) by +90,000." in text


def test_all_quotas_are_a_short_table() -> None:
    text = said(answer_page(answers.explained(), ENGLISH, source="mine"), 120)
    assert "fixed fixed" in text
    assert "costs 1,234 less even" in text
    assert "A step is 10,000. One of them in sentences: quarterdeck why mine --rep R13" in text


def test_options_say_what_each_breaks_and_why_one_is_missing() -> None:
    text = said(answer_page(answers.alternatives(), ENGLISH, source="mine"))
    assert "1 other allocation within 1.0% of the best contribution" in text
    assert "alternative 1: Soft, give way: T3 (2×)." in text
    assert "ratios taken literally: breaks T5. Soft, give way: T3." in text
    assert "best, Entwurf Müller 二: all are kept." in text
    assert "last_quarter: reps without last_quarter_sales: R01" in text
    assert "quarterdeck options mine --export FOLDER" in text
    alone = answers.alternatives()
    alone = alone.model_copy(update={"options": alone.options[:1]})
    assert "Within 1.0% of the best contribution there is no other allocation." in said(answer_page(alone, ENGLISH))


def test_options_in_chinese_are_a_table_and_say_no_english() -> None:
    page = answer_page(answers.alternatives(), CHINESE)
    text = said(page)
    assert "备选 1" in text
    assert "比例相乘 literal：违反 T5" in text
    assert "沿用上季 last_quarter：没有 last_quarter_sales 的销售人员：R01" in text
    assert not re.search("alternative|taken literally|equal parts", text)
    table = next(block for block in page.blocks if isinstance(block, Table))
    assert not lay_out(table, 80).is_stacked


def test_a_rule_that_many_members_miss_is_one_row() -> None:
    rules = [answers.broken("T5", "hard", f"R{n:02}") for n in range(1, 23)]
    table = rules_table(ENGLISH, "rules.title", [*rules, answers.broken("T3", "soft", "east")])
    assert [text_of(row.cells[0]).partition(" ·")[0] for row in table.rows] == ["T5", "T3 east"]
    assert "22 of 22" in text_of(table.rows[0].cells[-1])
    few = rules_table(ENGLISH, "rules.title", rules[:3])
    assert [text_of(row.cells[0]).partition(" ·")[0] for row in few.rows] == ["T5 R01", "T5 R02", "T5 R03"]


def test_least_change_is_set_against_a_fresh_answer() -> None:
    text = said(answer_page(answers.close(), ENGLISH))
    assert "nearest to “allocation” moves 1,017,000 of quotas and money" in text
    assert "allocate gives by itself would move 4,200,000." in text


def test_fairness_says_what_evenness_costs_or_that_it_cannot_be_bought() -> None:
    text = said(answer_page(answers.fairness(), ENGLISH))
    assert "The spread of load can fall to 18.6% at no cost, and to 0.0% for 98,771 of contribution (1.13%)." in text
    assert "Reps whose other work leaves no hours, not counted in load: R99." in text
    assert "an allocation holds quotas and budget and places no deals, so none brings this about by itself" in text
    assert "目标分解方案只定指标和预算，不分派商机" in said(answer_page(answers.fairness(), CHINESE))
    assert "places no deals" not in said(
        answer_page(answers.fairness().model_copy(update={"measure": "stretch"}), ENGLISH)
    )
    assert "The spread of stretch is decided by T5" in said(answer_page(answers.decided(), ENGLISH))
    flat = answers.decided().model_copy(update={"decided_by": ()})
    assert "as even as rules allow" in said(answer_page(flat, ENGLISH))


def test_a_sweep_says_how_it_ends_what_decides_and_where_there_is_nothing() -> None:
    text = said(answer_page(answers.sweep(), ENGLISH))
    assert "From 0.5 to 0.7, the contribution goes from 8,760,000 to 8,727,099." in text
    assert "At 1 of 4 values there is no allocation." in text
    assert "At 0.5: Give way: T3 east. Bind: R7-a." in text
    assert "From 0.6 to 0.7: Give way: T3 east. Bind: R3, the pool travel." in text
    assert "At 0.8: no allocation; these cannot hold together: T5, the pool marketing." in text
    bars = [cell for row in _tables(answers.sweep())[0].rows for cell in row.cells if isinstance(cell, Bar)]
    assert [bar.kind for bar in bars] == ["more", "less"]
    assert bars[0].start == pytest.approx(bars[1].end)  # the zero line
    turning = [
        row.model_copy(update={"contribution": x}) for row, x in zip(answers.sweep().rows, (5, 9, 6), strict=False)
    ]
    turned = said(answer_page(answers.sweep().model_copy(update={"rows": tuple(turning)}), ENGLISH))
    assert "From 0.5 to 0.7, the contribution lies between 5 and 9." in turned
    nowhere = answers.sweep().model_copy(update={"rows": answers.sweep().rows[3:]})
    assert "Nowhere in this range is there an allocation." in said(answer_page(nowhere, ENGLISH))


def test_what_reaches_comes_with_the_command_that_shows_it() -> None:
    text = said(answer_page(answers.reach(), ENGLISH, source="mine"))
    assert "rules.R7-pool.amount from 360,000 to 348,412 (−3.2%)" in text
    assert "quarterdeck allocate mine --set rules.R7-pool.amount=348412.5" in text
    assert "What brings nothing, moved by itself · reps.R09.hours_per_week" in text
    there = answers.reach().model_copy(update={"goal": 1.0, "levers": ()})
    assert "It is reached already" in said(answer_page(there, ENGLISH))
    never = answers.reach().model_copy(update={"levers": answers.reach().levers[1:]})
    assert "No single figure of the plan reaches it" in said(answer_page(never, ENGLISH))


def test_money_says_what_only_a_chance_decides() -> None:
    text = said(answer_page(answers.money(), ENGLISH))
    assert "Reserve 300,000" in text
    assert "K5-handover: its retainer is certain, the rest is paid when it is set off." in text
    assert "reserve: spent only when contingency plans are set off. At most 280,000." in text
    assert "14,099,718 expected of 15,330,549 due in the quarter, 92.0%" in text
    nothing = answers.money().model_copy(update={"collection_rate": None})
    assert "No cash falls due in the quarter." in said(answer_page(nothing, ENGLISH))


def test_who_has_no_quota_is_not_among_those_who_may_reach_it() -> None:
    result = samples.simulation()
    first, *others = result.by_rep
    asked = len(result.by_rep)
    assert f"of the {asked} reps reach their quota" in said(page_of(result, ENGLISH), 120)
    without = (first.model_copy(update={"target": 0.0, "p_quota": None}), *others)
    text = said(page_of(result.model_copy(update={"by_rep": without}), ENGLISH), 120)
    assert f"of the {asked - 1} reps reach their quota" in text


def test_a_risk_that_is_certain_breaks_even_at_a_chance_and_has_no_rate() -> None:
    result = decided.value()
    [row] = result.rows
    for status, words in (
        (
            "found",
            "Worth its costs from a chance of K5 of 30.0% on, 95% interval 20.0% to 70.0%; the plan says that it",
        ),
        ("never", "K5 strikes for certain, and even so it is not worth its costs."),
    ):
        found = BreakEven(status=status, factor=0.3, factor_interval=(0.2, 0.7), chance=0.3, chance_now=1.0)
        changed = result.model_copy(update={"rows": (row.model_copy(update={"break_even": found}),)})
        text = said(page_of(changed, ENGLISH), 120)
        assert words in text
        assert "its rate" not in text


def _tables(result: Answer) -> list[Table]:
    return [block for block in answer_page(result, ENGLISH).blocks if isinstance(block, Table)]


def priced(rule_id: str, step: float, contribution: float, low: float | None, high: float | None) -> RuleRow:
    unit: Literal["ratio", "money"] = "ratio" if abs(step) < 1 else "money"
    point = Point(step=step, unit=unit, relaxation=0, contribution=contribution)
    return RuleRow(
        id=rule_id, sentence="…", firmness="hard", left=1, right=1, status="binds", price=(point,),
        holds_from=low, holds_to=high,
    )  # fmt: skip


def test_prices_say_how_far_they_hold_where_somebody_looked() -> None:
    rules = (
        priced("R3", 0.01, -2149, 0.55, 0.75),
        priced("R7", -10_000, 9000, 60_000, None),
        priced("R8", 10_000, 5, None, None),
    )
    rows = prices_table(ENGLISH, rules, with_ranges=True).rows
    assert [row.cells[-1] for row in rows] == ["75.0%", "60,000", "no end found"]
    assert {row.cells[-1] for row in prices_table(ENGLISH, rules).rows} == {""}


def test_demand_and_hours_are_priced_and_silence_is_explained() -> None:
    def resource(kind: str, id_: str, up: float, down: float) -> ResourceRow:
        unit: Literal["hours", "money"] = "hours" if kind == "hours" else "money"
        step = 1 if kind == "hours" else 10_000
        price = (
            Point(step=step, unit=unit, relaxation=0, contribution=up),
            Point(step=-step, unit=unit, relaxation=0, contribution=down),
        )
        fields = {"kind": kind, "id": id_, "there": 250.0, "price": price, "holds_from": 200.0, "holds_to": None}
        return ResourceRow.model_validate(fields)

    demand = resource("demand of a product", "S1", 5830, -5830)
    cell = resource("demand of a cell", "S1/east", 5830, -5830)
    busy = resource("hours", "R09", 0, -12)
    table = resources_table(ENGLISH, (cell, demand, busy), with_ranges=True)
    assert [row.cells for row in table.rows] == [
        ("demand for S1", "250", "+5,830", "−5,830", "200 to no end found"),
        ("hours of R09", "250", "", "−12", "200 to no end found"),
    ]
    assert "10,000, 1 hour more or less" in table.notes[0]
    without = resources_table(ENGLISH, (demand, resource("hours", "R09", 0, 0)))
    assert without.notes[-1] == "An hour more or less of any one rep changes nothing."
    assert resources_table(ENGLISH, (resource("hours", "R09", 0, 0),)).rows == ()


@pytest.mark.parametrize("width", WIDTHS)
def test_an_allocation_with_ranges_fits_and_one_without_prices_says_so(width: int) -> None:
    bare = samples.allocation()
    price = (Point(step=10_000, unit="money", relaxation=0, contribution=5830.4),)
    demand = ResourceRow(kind="demand of a product", id="S1", there=3_497_948, price=price, holds_to=25_257_948)
    ranges = {"detail": "ranges", "resources": (demand,), "rules": (priced("R3", 10_000, -2149, 0.55, 75e6),)}
    text = shown(page_of(bare.model_copy(update=ranges), ENGLISH), width)
    assert [line for line in text.splitlines() if cell_len(line) > width] == []
    assert "+5,830" in text
    assert "75,000,000" in text
    unpriced = {"rules": tuple(rule.model_copy(update={"price": ()}) for rule in bare.rules)}
    text = said(page_of(bare.model_copy(update=unpriced), ENGLISH), width)
    assert "Prices were not looked for." in text
    assert "No rule is worth moving" not in text


def test_what_rounding_changed_is_said() -> None:
    rounding = RoundingRow(
        quota_step=1000, budget_step=500, largest_cell=584.4, total_quota=0, total_budget=0, contribution=-12.2,
        largest_miss=1000, missed="T1-star", given_up="",
    )  # fmt: skip
    text = said(page_of(samples.allocation().model_copy(update={"rounding": rounding}), ENGLISH))
    assert "Rounded: quotas to units of at most 1,000, budgets to 500. No amount moves by more than 584.4" in text
    assert "all quotas together by 0, the contribution by −12." in text
    assert "By rounding alone, T1-star is missed by 1,000." in text
    never = rounding.model_copy(update={"given_up": "the sums do not close."})
    text = said(page_of(samples.allocation().model_copy(update={"rounding": never}), ENGLISH))
    assert "Not rounded: the sums do not close." in text
    assert "Rounded:" not in text


def test_groups_have_names_and_strange_ones_keep_theirs() -> None:
    assert group_name(ENGLISH, "rule:T5") == "T5"
    assert group_name(ENGLISH, "lock:keep") == "the lock keep"
    assert group_name(ENGLISH, "something else") == "something else"


def test_repairs_are_said_with_what_they_cost_and_how_to_set_them(capsys: pytest.CaptureFixture[str]) -> None:
    repairs = (
        Repair("make T3 a wish", ("rules.T3.firmness=soft",), 994_000, 8_748_712, 0),
        Repair("take T5 as the most", ('rules.T5.sense="<="',), 2_340_000, 8_700_000, 48_712),
    )
    error = NoFeasibleAllocation("No allocation:\n- T3: a sentence", ["rule:T3"], repairs)
    assert say_error(error, ENGLISH) == 4
    lines = capsys.readouterr().err.splitlines()
    assert "These cannot hold together:" not in lines  # the message names them, with their sentences
    assert "1. gives up 994,000, leaves a contribution of 8,748,712: --set rules.T3.firmness=soft" in lines
    assert "2. gives up 2,340,000, leaves a contribution of 8,700,000: --set 'rules.T5.sense=\"<=\"'" in lines
    assert "quarterdeck allocate PLAN --repair 1" in lines[-1]
