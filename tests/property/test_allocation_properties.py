"""Property: what holds for every allocation, over random plans."""

from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer import allocate, check_allocation
from scenarios.errors import NoFeasibleAllocation
from scenarios.plan import Plan
from tests.allocation_plans import random_plan


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(min_value=0, max_value=10**6))
def test_every_allocation_passes_the_independent_check_and_keeps_its_budget(seed: int) -> None:
    plan = random_plan(seed)
    try:
        result = allocate(plan)
    except NoFeasibleAllocation:
        return
    expected = {(cell.product, cell.region, cell.rep): cell.expected for cell in result.expected}
    for status in check_allocation(plan, result.allocation, expected):
        assert status.holds or status.firmness == "soft", status
        assert status.firmness == "soft" or status.violation <= 1e-6 * max(
            status.left, status.right, plan.target / 1000
        )
    for pool in result.pools:
        assert pool.spent <= pool.amount * (1 + 1e-9)
        assert pool.unspent == pool.amount - pool.spent
    assert sum(cell.expected for cell in result.expected) <= sum(amount for _, amount in result.demand) * (1 + 1e-9)
    assert all(cell.quota >= 0 for cell in result.allocation.quotas)
    assert all(cell.amount >= 0 for cell in result.allocation.budget)
    assert {rule.status for rule in result.rules} <= {"holds with room", "binds", "relaxed"}


@settings(max_examples=15, deadline=None, derandomize=True)
@given(seed=st.integers(min_value=0, max_value=10**6), factor=st.sampled_from([1e-3, 7.0, 1e4]))
def test_the_currency_does_not_matter(seed: int, factor: float) -> None:
    """All money times a factor: the same stretches, contribution and relaxation times the factor."""
    plan = random_plan(seed)

    figures = plan.model_dump()
    figures["target"] *= factor
    for table, field in (("products", "mean_deal"), ("regions", "base_amount"), ("accounts", "renewal_amount")):
        for row in figures[table]:
            row[field] *= factor
    for pool in figures["money"]["pools"]:
        pool["amount"] *= factor
    for activity in figures["activities"]:
        activity["unit_cost"] *= factor
    for rule in figures["rules"]:
        if rule["amount"] is not None:
            rule["amount"] *= factor
    try:
        before = dict(allocate(plan).stages)
    except NoFeasibleAllocation:
        return
    after = dict(allocate(Plan.model_validate(figures)).stages)
    for name in ("relaxation", "contribution"):
        assert abs(after[name] - factor * before[name]) <= 1e-6 * factor * max(abs(before[name]), plan.target / 1000)
    for name in ("rep stretch", "cell stretch"):
        assert abs(after[name] - before[name]) <= 1e-5 * max(before[name], 1)
