"""Unit: effects that act more than once bring opportunities that nobody had to think of before."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios.allocation import Allocation
from scenarios.errors import UsageError
from scenarios.plan import Plan
from simulation.compiling import compile_model
from simulation.future import draw_future, draw_futures
from simulation.options import ForcedStrike, Options
from simulation.quarter import replicate
from tests.plans import small_plan

PLAN = small_plan()
BOTH = (ForcedStrike("K", 3, "R1"), ForcedStrike("K", 5, "R2"))


def accepted(factor: float, forced: tuple[ForcedStrike, ...], replication: int, **scope: Any) -> dict[str, float]:
    """Opportunities that come by themselves and the day they came; a strike on a rep multiplies their rate."""
    effect = {"parameter": "baseline_rate", "factor": factor, "scope": scope}
    risk = {"id": "K", "name": "", "subject": "rep", "chance_per_quarter": 0, "effects": [effect]}
    rows = [row.model_dump() | {"accepted_per_quarter": 12} for row in PLAN.baseline_leads]
    others: dict[str, Any] = {"contingency_plans": (), "uncertainty": (), "baseline_leads": rows, "risks": [risk]}
    plan = Plan.model_validate(PLAN.model_dump() | others)
    records = replicate(compile_model(plan, Allocation("nobody", ()), Options.of(plan, forced=forced)), 5, replication)
    return {deal.id: deal.created for deal in records.deals if deal.source == "baseline"}


@pytest.mark.parametrize("replication", range(3))
def test_two_strikes_that_double_bring_what_one_that_quadruples_would(replication: int) -> None:
    """Week 5 begins on day 20: from then on four times the rate, of which a bound of twice or four times was drawn."""
    twice, at_once = accepted(2, BOTH, replication), accepted(4, (BOTH[1],), replication)
    second = 20.0
    assert {id: day for id, day in twice.items() if day > second} == {
        id: day for id, day in at_once.items() if day > second
    }
    once = accepted(2, BOTH[:1], replication)
    assert once.items() <= twice.items()
    assert {id for id, day in twice.items() if day < second} == {id for id, day in once.items() if day < second}
    assert len(twice) > len(once) > len(accepted(1, BOTH, replication))


@pytest.mark.parametrize("replication", range(3))
def test_models_of_which_each_may_bring_what_the_other_cannot_have_all_their_leads(replication: int) -> None:
    """A risk on one source in one model, on the other in the second: neither model's future holds the other's."""
    rates = {"K1": "baseline_rate", "K2": "cross_sell_rate"}
    risks = [
        {"id": id, "name": "", "chance_per_quarter": 0.5, "effects": [{"parameter": rate, "factor": 20}]}
        for id, rate in rates.items()
    ]
    plan = Plan.model_validate(PLAN.model_dump() | {"contingency_plans": (), "uncertainty": (), "risks": risks})
    nobody = Allocation("nobody", ())
    models = [compile_model(plan, nobody, Options.of(plan, chosen)) for chosen in (["K1"], ["K2"], ["K1", "K2"], [])]
    together = [future.leads for future in draw_futures(models, 5, replication)]
    assert together == [draw_future(model, 5, replication).leads for model in models]
    assert len(together[2]) > max(map(len, together[:2])) > min(map(len, together[:2])) > len(together[3])
    assert [future.leads for future in draw_futures(models[:2], 5, replication)] == together[:2]


def test_what_was_certainly_not_meant_so_is_said() -> None:
    with pytest.raises(
        UsageError, match=r"baseline:B1: effects on baseline_rate that act together make 206,897 opportunities a day"
    ):
        accepted(1000, BOTH, 0)


def test_rates_are_thought_of_up_to_where_the_effects_that_reach_them_lead() -> None:
    """One measure lifts what comes by itself of S1, twofold; another, threefold, is of a product that has none."""
    effects = [
        {"parameter": "baseline_rate", "factor": 2, "scope": {"product": ["S1"]}},
        {"parameter": "baseline_rate", "factor": 3, "scope": {"product": ["L1"]}},
    ]
    measures = [{"id": f"M{number}", "name": "", "effects": [effect]} for number, effect in enumerate(effects)]
    rows = [row.model_dump() | {"product": "S1"} for row in PLAN.baseline_leads]
    others = {"measures": measures, "uncertainty": (), "baseline_leads": rows, "contingency_plans": (), "risks": ()}
    plan = Plan.model_validate(PLAN.model_dump() | others)
    sources = [source for source in compile_model(plan, Allocation("nobody", ())).sources if source.kind == "baseline"]
    assert sources
    assert {source.highest_rate / source.rate for source in sources} == {2.0}
