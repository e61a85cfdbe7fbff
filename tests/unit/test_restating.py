"""Unit: after an override a rule's sentence says what the rule now has, wherever it is shown."""

from __future__ import annotations

import pytest

from optimizer import allocate
from optimizer.conflicts import sentence
from scenarios.changing import changed
from scenarios.loading import change_plan, load_plan
from scenarios.plan import Plan


@pytest.fixture(scope="module", name="plan")
def _plan() -> Plan:
    return load_plan("quarter").plan


def said(settings: list[str]) -> dict[str, str]:
    return {rule.id: rule.sentence for rule in load_plan("quarter", (), settings).plan.rules}


@pytest.mark.parametrize(
    ("setting", "rule", "sentence"),
    [
        ("rules.T1-star.ratio=0.8", "T1-star", "Star products carry 80% of all quotas."),
        ("rules.T1-star.ratio=+10%", "T1-star", "Star products carry 44% of all quotas."),
        ("rules.T1-star.ratio=0.4", "T1-star", "Star products carry 40% of all quotas."),
        ("rules.R5-pool.amount=700000", "R5-pool", "The incentive pool of 700,000 is assigned in full."),
        ("rules.T5-total.ratio=1", "T5-total", "Quotas add up to 100% of the company target."),
        ("rules.R3-mainly.ratio=0.3", "R3-mainly", "visits to reference customers. (→ 30%)"),
        ("rules.T4-salons.amount=500000", "T4-salons", "A growth region runs at most 2 salons a week. (→ 500,000)"),
        ("rules.T5.ratio.values.top=1.8", "T5", "A rep's quota is 1.8 (top), 1.1 (core) or 0.8 (new) times"),
        ("rules.R7-regions.ratio.values.central=80", "R7-regions", "as 100 to 75 to 60 to 65 to 60. (→ central 80)"),
        ("rules.R3.sense=<=", "R3", "of the market-activity money spent. (→ sense <=)"),
        ("rules.T1-star.priority=2", "T1-star", "Star products carry 40% of all quotas."),
    ],
)
def test_a_figure_that_was_set_is_what_the_sentence_says(setting: str, rule: str, sentence: str) -> None:
    assert sentence in said([setting])[rule]


def test_a_sentence_that_is_given_is_left_as_it_is() -> None:
    given = said(["rules.T1-star.ratio=0.8", "rules.T1-star.sentence=Stars first."])
    assert given["T1-star"] == "Stars first."


def test_other_rules_keep_their_sentences(plan: Plan) -> None:
    own = {rule.id: rule.sentence for rule in plan.rules}
    assert {id for id, text in said(["rules.T1-star.ratio=0.8", "target=17000000"]).items() if text != own[id]} == {
        "T1-star"
    }


def test_it_is_said_wherever_plans_are_changed(plan: Plan) -> None:
    """By ``--set``, by a repair, by a study; and told by a conflict."""
    for other in (change_plan(plan, ["rules.T1-star.ratio=0.8"]), changed(plan, ["rules.T1-star.ratio=0.8"])[0]):
        assert sentence(other, "rule:T1-star") == "Star products carry 80% of all quotas."


def test_an_allocation_tells_the_sentence_as_it_stands(small_plan: Plan) -> None:
    rule = next(rule for rule in small_plan.rules if isinstance(rule.ratio, float) and 0 < rule.ratio < 1)
    share = rule.ratio * 0.9
    other = change_plan(small_plan, [f"rules.{rule.id}.ratio={share}"])
    told = {status.id: status.sentence for status in allocate(other).rules}
    assert f"{100 * share:.6g}%" in told[rule.id]
