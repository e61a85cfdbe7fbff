import pytest

from optimizer.alternatives import alternatives
from optimizer.baselines import BASELINES, baseline, even, last_quarter, literal
from optimizer.data import prepare
from optimizer.least_change import LEAST_CHANGE, change_between, least_change
from optimizer.options import amounts_of, in_bands
from optimizer.solved import solve
from scenarios.allocation import Allocation, BudgetCell, QuotaCell
from scenarios.errors import UsageError
from scenarios.loading import load_plan
from scenarios.plan import Plan
from scenarios.rules import Rule
from tests.allocation_plans import budget_plan, quota_plan


def test_even_gives_everybody_and_every_place_the_same() -> None:
    made = even(prepare(budget_plan()))
    assert {cell.rep: cell.quota for cell in made.allocation.quotas} == {"g": 150, "m": 150}
    assert made.allocation.amount == {("growth", "salon"): 25, ("mature", "salon"): 25}


def test_a_baseline_is_judged_by_the_sales_it_leaves_possible() -> None:
    """25 in growth's salons: 20 · 4 + 5 · 3 = 95 more to sell, but 8 hours reach 144; mature sells 195 (10.8 hours).

    Contribution 0.5 · (144 + 195) − 50; R3 lacks 5 of its 30.
    """
    option = baseline(prepare(budget_plan()), "even")
    assert (option.contribution, option.signed) == pytest.approx((0.5 * 339 - 50, 339))
    assert {s.id: round(s.violation, 6) for s in option.broken} == {"R3": 5, "T3": 50}
    assert not option.keeps_hard_rules
    assert option.relaxation == pytest.approx(2 * 50 * 100)


def test_last_quarter_follows_the_reps_sales_what_sells_and_the_regions_base() -> None:
    plan = budget_plan()
    sold = {"m": 300, "g": 100}
    reps = tuple(rep.model_copy(update={"last_quarter_sales": sold[rep.id]}) for rep in plan.reps)
    made = last_quarter(prepare(plan.model_copy(update={"reps": reps})))
    assert made.allocation.quota_by_rep == pytest.approx({"m": 225, "g": 75})
    assert made.allocation.amount == pytest.approx({("growth", "salon"): 50 / 3, ("mature", "salon"): 100 / 3})


def test_last_quarter_needs_the_sales_of_every_rep() -> None:
    with pytest.raises(UsageError, match="without last_quarter_sales: g, m"):
        last_quarter(prepare(budget_plan()))


def test_literal_ratios_are_multiplied() -> None:
    """T1 60% star, the other product the rest; two reps of one region at 1.5 to 0.8: 1000 · 0.6 · 1.5 / 2.3."""
    rules = [
        quota_plan().rules[0].model_dump(),
        {
            "id": "T5",
            "sentence": "Multiples.",
            "left": {"over": "quota"},
            "sense": "=",
            "each": "rep",
            "ratio": {"by": "rep_tier", "values": {"top": 1.5, "new": 0.8}},
            "right": "target_per_head",
        },
    ]
    made = literal(prepare(Plan.model_validate({**quota_plan().model_dump(), "rules": rules})))
    assert {(c.product, c.rep): c.quota for c in made.allocation.quotas} == pytest.approx(
        {("S", "a"): 900 / 2.3, ("S", "b"): 480 / 2.3, ("L", "a"): 600 / 2.3, ("L", "b"): 320 / 2.3}
    )
    assert made.notes == ("shares and multiples of T1, T5 multiplied",)


def test_literal_money_follows_the_share_rules_of_its_pool() -> None:
    """R3 gives growth 60% of 50; the rest goes to what it does not name. T3 gives growth a third of the target."""
    made = literal(prepare(budget_plan()))
    assert made.allocation.amount == pytest.approx({("growth", "salon"): 30, ("mature", "salon"): 20})
    assert made.allocation.quota_by_rep == pytest.approx({"g": 100, "m": 200})


def test_the_built_in_plans_baselines_place_the_target_and_all_pools() -> None:
    plan = load_plan("quarter").plan
    data = prepare(plan)
    for make in BASELINES.values():
        made = make(data)
        assert made.allocation.total_quota == pytest.approx(plan.target)
        assert sum(made.allocation.amount.values()) == pytest.approx(1_080_000 + 630_000 + 360_000)
        assert made.notes


def test_there_is_no_unknown_baseline() -> None:
    with pytest.raises(UsageError, match="no baseline odd; known: even, last_quarter, literal"):
        baseline(prepare(budget_plan()), "odd")


def test_bands_fill_in_order_and_leave_out_what_no_band_takes() -> None:
    data = prepare(budget_plan())
    assert in_bands(data, [25, 50]).tolist() == [20, 5, 20, 20]


def test_an_alternative_on_paper() -> None:
    """Best: growth 11, mature 7 1/3, contribution 118 1/3, of which 1% is 1.1833.

    Growth may spend 1 more at a loss of 1, of which the 2/3 that R3 then admits in mature make good 2/3: 3.55 more, and
    2.3667 in mature. Less in mature alone loses 1 each: 1.1833 less. The first moves most.
    """
    best, other = alternatives(solve(budget_plan()), 1, within=0.01)
    assert best.from_best.together == 0
    assert other.contribution >= best.contribution * 0.99 - 1e-6
    moved = sum(abs(other.allocation.amount[key] - amount) for key, amount in best.allocation.amount.items())
    assert moved == pytest.approx(3.55 / 3 * 5, rel=1e-5)


def test_where_nothing_else_is_as_good_there_is_no_alternative() -> None:
    options = alternatives(solve(budget_plan()), 2, within=0, unevenness=0)
    assert [option.kind for option in options] == ["best"]


def test_alternatives_are_asked_for_sensibly() -> None:
    for wrong in ({"count": 0}, {"within": 1.0}, {"unevenness": -0.1}):
        with pytest.raises(UsageError, match="at least one"):
            alternatives(solve(budget_plan()), **wrong)


def test_least_change_moves_only_what_contribution_and_rules_ask_for() -> None:
    """Quotas of known answer A are a 600, b 400 at no choice of ours; cells are free but for T1: star has 600.

    Before: S a 350, b 250; L a 250, b 150: nothing need move. With S a 400, L a 200 star has 50 too much: 100 moves.
    """
    plan = quota_plan()
    kept = Allocation("before", _quotas(350, 250, 250, 150))
    solved = least_change(plan, kept)
    assert solved.stage(LEAST_CHANGE) * solved.money == pytest.approx(0, abs=1e-6)
    assert solved.amounts().quota.tolist() == pytest.approx([cell.quota for cell in sorted(kept.quotas)])
    other = Allocation("before", _quotas(400, 250, 200, 150))
    moved = least_change(plan, other)
    assert moved.stage(LEAST_CHANGE) * moved.money == pytest.approx(100)
    assert change_between(moved.amounts(), amounts_of(moved.data, other)) == pytest.approx(100)


def test_least_change_keeps_a_difference_between_alike_reps() -> None:
    plan = Plan.model_validate({**quota_plan().model_dump(), "rules": []})
    plan = plan.model_copy(
        update={
            "reps": tuple(rep.model_copy(update={"tier": "top"}) for rep in plan.reps),
            "accounts": tuple(account.model_copy(update={"renewal_amount": 100}) for account in plan.accounts),
        }
    )
    before = Allocation("before", _quotas(300, 100, 350, 250))
    assert least_change(plan, before).amounts().quota.tolist() == pytest.approx([350, 250, 300, 100])
    a, b = solve(plan).amounts().quota[:2]
    assert a == pytest.approx(b)


def test_a_previous_allocation_must_fit_the_plan() -> None:
    with pytest.raises(UsageError, match="the plan has no S / east / x"):
        least_change(quota_plan(), Allocation("before", (QuotaCell("S", "east", "x", 1),)))
    with pytest.raises(UsageError, match="the plan has no gala"):
        least_change(quota_plan(), Allocation("before", (), (BudgetCell("east", "gala", 1),)))


def _quotas(s_a: float, s_b: float, l_a: float, l_b: float) -> tuple[QuotaCell, ...]:
    cells = (("S", "a", s_a), ("S", "b", s_b), ("L", "a", l_a), ("L", "b", l_b))
    return tuple(QuotaCell(p, "east", s, quota) for p, s, quota in cells)


def test_a_last_quarter_without_sales_tells_nothing() -> None:
    plan = budget_plan()
    reps = tuple(rep.model_copy(update={"last_quarter_sales": 0.0}) for rep in plan.reps)
    with pytest.raises(UsageError, match="all last_quarter_sales are zero"):
        last_quarter(prepare(plan.model_copy(update={"reps": reps})))


def test_read_literally_a_rule_that_leaves_a_rep_out_gives_no_multiples() -> None:
    """Twice as much for a alone says nothing of b: both get half; with a ratio for b as well 2 : 1."""

    def quotas(**words: object) -> tuple[dict[str, float], str]:
        shape = {"id": "T5", "sentence": "", "sense": ">=", "each": "rep", "right": "target_per_head"}
        rule = Rule.model_validate(shape | words)
        made = literal(prepare(quota_plan().model_copy(update={"rules": (rule,)})))
        return made.allocation.quota_by_rep, " ".join(made.notes)

    partial, note = quotas(left={"over": "quota", "where": {"rep": ["a"]}}, ratio=2)
    assert partial == pytest.approx({"a": 500, "b": 500})
    assert "T5" not in note
    whole, note = quotas(left={"over": "quota"}, ratio={"by": "rep", "values": {"a": 2.0, "b": 1.0}})
    assert whole == pytest.approx({"a": 2000 / 3, "b": 1000 / 3})
    assert "T5" in note


def test_money_that_went_where_an_activity_cannot_run_is_nothing_to_move_back_to() -> None:
    """Salons run in the growth region alone; what was spent in the mature one stays out of the change."""
    plan = budget_plan()
    salon = plan.activities[0]
    bands = salon.responses["all"]
    here = plan.model_copy(
        update={"activities": (salon.model_copy(update={"responses": {"growth": bands}}),), "rules": ()}
    )
    now = solve(here).amounts().allocation("now")
    elsewhere = Allocation("before", now.quotas, (*now.budget, BudgetCell("mature", "salon", 7.0)))
    solved = least_change(here, elsewhere)
    assert solved.stage(LEAST_CHANGE) * solved.money == pytest.approx(0, abs=1e-6)
