"""Unit: who is in a strategy test, what its verdict rests on, and what a roll-out changes (M5).

As in the tests of reviews: a lead is decided when it comes, half of all are expected to be won.
"""

from __future__ import annotations

from typing import Any

import pytest

from scenarios.allocation import Allocation
from scenarios.plan import Plan
from simulation.board import Keys
from simulation.compiling import compile_model
from simulation.future import DealChance, Future, LeadPoint, draw_future
from simulation.quarter import Quarter
from simulation.records import VerdictRow
from simulation.strategy_tests import trials_of
from tests.plans import small_plan
from tests.unit.test_simulation_reviews import plan_of

NOBODY = Allocation("nobody", ())
TRIED = {"parameter": "win_rate", "factor": 1.5}
TEST: dict[str, Any] = {"share": 0.25, "from_week": 2, "weeks": 2, "effects": [TRIED], "at_least": 4}


def plan(**settings: Any) -> Plan:
    return plan_of({}, policies=[{"id": "M5", "name": "", "strategy_test": TEST | settings}])


def groups(made: Plan) -> tuple[float, float]:
    """A uniform inside and one outside the test."""
    model = compile_model(made, NOBODY)
    uniforms = [n / 100 + 0.005 for n in range(100)]
    inside = [u for u in uniforms if trials_of(model, u) == ("M5",)]
    assert len(inside) == 25
    return inside[0], next(u for u in uniforms if not trials_of(model, u))


def quarter_of(made: Plan, tried: tuple[int, int], others: tuple[int, int], late: list[float] | None = None) -> Quarter:
    """Won and lost in week 2 by those tried and the others; ``late`` are draws of others in week 5."""
    inside, outside = groups(made)
    chances = [
        *(DealChance(0.0, (draw,), (0.9,) * 3, group=inside) for draw in (0.1,) * tried[0] + (0.9,) * tried[1]),
        *(DealChance(0.0, (draw,), (0.9,) * 3, group=outside) for draw in (0.1,) * others[0] + (0.9,) * others[1]),
    ]
    points = [LeadPoint(6, 0, 0.0, f"x{n:02}", 0, 0, 100, chance) for n, chance in enumerate(chances)]
    for number, draw in enumerate(late or ()):
        points.append(
            LeadPoint(21, 0, 0.0, f"y{number}", 0, 0, 100, DealChance(0.0, (draw,), (0.9,) * 3, group=outside))
        )
    return Quarter(compile_model(made, NOBODY), Future(0, (), (), tuple(points)))


def test_the_effect_is_on_those_tried_while_the_test_lasts() -> None:
    quarter = quarter_of(plan(), (0, 0), (0, 0))
    rates = []
    for day in (4.9, 5.1, 14.9, 15.1):
        quarter.env.run_until(day)
        rates += [quarter.board.value("win_rate", 0.5, Keys({"test": test}), "") for test in (("M5",), ())]
    assert rates == [0.5, 0.5, 0.75, 0.5, 0.75, 0.5, 0.5, 0.5]


def test_what_works_is_rolled_out_to_all() -> None:
    # 3 of 4 against 6 of 10: a quarter better; then a draw of 0.6 wins at 0.5 × 1.5.
    quarter = quarter_of(plan(success_from=0.25), (3, 1), (6, 4), late=[0.6, 0.8])
    records = quarter.run()
    assert records.tests == [VerdictRow(15.0, "M5", 4, 10, pytest.approx(0.25), True)]
    assert {deal.id: deal.outcome for deal in records.deals if deal.id[0] == "y"} == {"y0": "won", "y1": "lost"}


def test_what_does_not_work_is_not() -> None:
    for tried, others, gain in (((3, 1), (7, 3), 0.75 / 0.7 - 1), ((3, 0), (6, 4), None), ((4, 0), (0, 4), None)):
        records = quarter_of(plan(), tried, others, late=[0.6]).run()
        assert [(row.gain, row.rolled_out) for row in records.tests] == [(gain and pytest.approx(gain), False)]
        assert records.deals[-1].outcome == "lost"


def test_only_what_is_in_scope_is_judged() -> None:
    made = plan(effects=[TRIED | {"scope": {"region": ["south"]}}])
    assert [(row.tried, row.others) for row in quarter_of(made, (3, 1), (6, 4)).run().tests] == [(0, 0)]


def test_a_test_that_the_quarter_cuts_off_has_no_verdict() -> None:
    assert quarter_of(plan(from_week=5), (3, 1), (6, 4)).run().tests == []


def test_all_opportunities_of_an_account_are_tried_together_and_stay_so() -> None:
    policies = [{"id": id, "name": "", "strategy_test": TEST | {"share": 0.5}} for id in ("T1", "T2")]
    made = Plan.model_validate(small_plan().model_dump() | {"policies": policies})
    model = compile_model(made, NOBODY)
    seen = set()
    for replication in range(20):
        quarter = Quarter(model, draw_future(model, 1, replication))
        quarter.run()
        of_account: dict[int, set[object]] = {}
        for deal in quarter.deals:
            if deal.account >= 0:
                of_account.setdefault(deal.account, set()).add(deal.keys.attributes["test"])
        assert all(len(tests) == 1 for tests in of_account.values())
        seen |= {test for tests in of_account.values() for test in tests}
    assert len(seen) > 1


def test_the_share_is_kept_over_many_customers() -> None:
    made = plan(share=0.1)
    model = compile_model(made, NOBODY)
    inside = [
        bool(trials_of(model, point.chance.group))
        for replication in range(40)
        for point in draw_future(model, 3, replication).leads
    ]
    error = (0.1 * 0.9 / len(inside)) ** 0.5
    assert abs(sum(inside) / len(inside) - 0.1) < 4 * error


def test_settings_that_a_test_cannot_have() -> None:
    for effect, said in (
        ({"parameter": "rep_hours", "factor": 2}, "rep_hours is not of an opportunity"),
        (TRIED | {"duration_weeks": 2}, "take no weeks of their own"),
        (TRIED | {"scope": {"struck": True}}, "cannot be 'struck'"),
    ):
        with pytest.raises(ValueError, match=said):
            plan(effects=[effect])
