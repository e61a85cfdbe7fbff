import pytest

from optimizer.allocating import allocate
from optimizer.reaching import reach_contribution
from optimizer.solved import solve
from optimizer.sweeping import is_live, moved, read_range, sweep
from scenarios.changing import changed, figure_at, with_figure
from scenarios.errors import NoFeasibleAllocation, PlanFileError, UsageError
from scenarios.loading import load_plan
from scenarios.plan import Plan
from tests.allocation_plans import budget_plan, quota_plan


def test_a_range_is_relative_to_the_figure_or_absolute() -> None:
    plan = budget_plan()
    assert read_range(plan, "target=-10%..+20%", 4).values == (270, 300, 330, 360)
    over = read_range(plan, " rules.R3.ratio = 0.5 .. 0.7 ", 3)
    assert (over.path, over.now, over.values) == ("rules.R3.ratio", 0.6, (0.5, 0.6, 0.7))


@pytest.mark.parametrize("text", ["target", "target=1", "=1..2", "target=a..b", "target=1..2..3"])
def test_what_is_no_range_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match=r"write target=-10%\.\.\+20%"):
        read_range(budget_plan(), text, 3)


def test_a_sweep_needs_two_points_and_a_number_to_move() -> None:
    with pytest.raises(UsageError, match="at least 2 points"):
        read_range(budget_plan(), "target=1..2", 1)
    with pytest.raises(PlanFileError, match="targt"):
        read_range(budget_plan(), "targt=1..2", 3)
    with pytest.raises(PlanFileError, match="changes a number"):
        read_range(budget_plan(), "name=1..2", 3)


def test_r3_swept_is_what_paper_says() -> None:
    """At ratio ρ growth spends 11 and mature 11 (1 − ρ) / ρ, worth 1 each: 111 + 11 (1 − ρ) / ρ (docs/model.md)."""
    points = list(sweep(budget_plan(), "rules.R3.ratio=0.5..0.8", 4))
    assert [point.contribution for point in points] == pytest.approx(
        [111 + 11 * (1 - ratio) / ratio for ratio in (0.5, 0.6, 0.7, 0.8)], rel=1e-6
    )
    assert {point.way for point in points} == {"live"}
    assert all(point.binding == ("R3",) for point in points)


def test_a_figure_that_expectations_rest_on_is_stated_again() -> None:
    points = list(sweep(budget_plan(), "products.P.margin=0.5..0.6", 2))
    assert [point.way for point in points] == ["rebuilt", "rebuilt"]
    assert points[0].contribution == pytest.approx(118 + 1 / 3)


def test_a_point_without_any_allocation_names_the_conflict() -> None:
    """a at least 700 and b at least 400 of a target of 1000, both hard: feasible from 1100 on."""
    rules = [{**rule.model_dump(), "firmness": "hard"} for rule in quota_plan().rules]
    plan = Plan.model_validate({**quota_plan().model_dump(), "rules": rules})
    low, high = sweep(plan, "target=1000..1200", 2)
    assert low.contribution is None
    assert low.conflict == ("rule:a-700", "rule:b-400", "total quota")
    assert high.contribution == pytest.approx(250)
    with pytest.raises(NoFeasibleAllocation):
        allocate(plan)


def test_the_live_model_is_left_as_it_was() -> None:
    solved = solve(budget_plan())
    before = [solved.staged.live.bounds_of(n) for n in range(len(solved.staged.model.rows))]
    after = moved(solved, with_figure(solved.plan, "rules.R3.ratio", 0.7))
    assert after.amounts().contribution() == pytest.approx(111 + 11 * 3 / 7)
    assert before == [solved.staged.live.bounds_of(n) for n in range(len(solved.staged.model.rows))]
    assert solved.staged.solve().contribution == pytest.approx(solved.solution.contribution)


@pytest.mark.parametrize(
    "setting",
    [
        "target=+7%",
        "rules.T1-star.ratio=0.37",
        "rules.T5.ratio.values.top=1.4",
        "rules.R7-regions.ratio.values.east=150",
        "rules.T4-salons.amount=300000",
        "regions.east.base_amount=+20%",
        "maturities.growth.growth=0.5",
    ],
)
def test_a_live_point_of_the_built_in_plan_equals_a_fresh_solve(setting: str) -> None:
    plan = load_plan("quarter").plan
    path = setting.partition("=")[0]
    assert is_live(path)
    after, _ = changed(plan, [setting])
    live, fresh = moved(solve(plan), after), solve(after)
    for name in ("relaxation", "contribution", "rep stretch", "cell stretch", "evenness"):
        assert live.stage(name) == pytest.approx(fresh.stage(name), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("path", ["rules.T5.priority", "money.pools.marketing.amount", "reps.R01.hours_per_week"])
def test_what_moves_expectations_or_weights_is_not_live(path: str) -> None:
    assert not is_live(path)


def test_reaching_a_contribution_by_the_ratio_that_costs_it() -> None:
    """120 needs mature to spend 9 beside growth's 11: ρ = 11/20, a move of −8.3%. More hours for g help as well."""
    reach = reach_contribution(budget_plan(), 120)
    assert reach.now == pytest.approx(118 + 1 / 3)
    found = {lever.path: lever for lever in reach.levers if lever.value is not None}
    ratio = found["rules.R3.ratio"]
    assert ratio.value == pytest.approx(0.55, rel=2e-3)
    assert ratio.contribution >= 120
    assert ratio.way == "live"
    hours = found["reps.g.hours_per_week"]
    assert hours.way == "rebuilt"
    assert hours.value is not None
    assert solve(with_figure(budget_plan(), hours.path, hours.value)).amounts().contribution() >= 120
    moves = [abs(lever.move) for lever in reach.levers if lever.move is not None]
    assert moves == sorted(moves)


def test_a_contribution_out_of_reach_names_the_most_that_each_figure_brings() -> None:
    reach = reach_contribution(budget_plan(), 1e6)
    assert reach.levers
    assert all(lever.value is None and lever.contribution < 1e6 for lever in reach.levers)


def test_nothing_need_move_where_the_contribution_is_there() -> None:
    assert reach_contribution(budget_plan(), 100).levers == ()


def test_figures_change_in_memory_as_with_set() -> None:
    plan = budget_plan()
    after, changes = changed(plan, ["target=+10%", "rules.R3.ratio=0.5"])
    assert (after.target, after.rules[0].ratio) == (330, 0.5)
    assert [(c.path, c.old, c.new) for c in changes] == [("rules.R3.ratio", 0.6, 0.5), ("target", 300, 330)]
    assert changed(plan, [])[0] == plan
    assert figure_at(plan, "rules.R3.ratio") == 0.6
    with pytest.raises(PlanFileError, match="no path=value"):
        changed(plan, ["target"])
    with pytest.raises(PlanFileError, match="target"):
        changed(plan, ["target=-5"])


def test_one_figure_put_in_place_must_be_there_and_fit() -> None:
    plan = budget_plan()
    assert with_figure(plan, "reps.g.hours_per_week", 3).rep["g"].hours_per_week == 3
    assert with_figure(plan, "activities.salon.product_mix.P", 0.5).activities[0].product_mix == {"P": 0.5}
    for path in ("reps.x.hours_per_week", "rules.R3.rato", "target.x", "activities.salon.product_mix.Q"):
        with pytest.raises(PlanFileError, match="no such figure"):
            with_figure(plan, path, 1)
    with pytest.raises(PlanFileError, match="does not fit"):
        with_figure(plan, "reps.g.hours_per_week", 500)


def test_a_pool_that_is_spent_to_the_last_is_a_figure_to_move() -> None:
    """With hours enough each unit of money brings 4 of sales, so 2 − 1 of contribution: 5 more takes 5 more."""
    reps = {"m": ("core", ["mature"], 200), "g": ("core", ["growth"], 200)}
    plan = budget_plan(reps=reps, money={"pools": [{"id": "marketing", "name": "Marketing", "amount": 10}]})
    now = solve(plan).amounts().contribution()
    pool = {lever.path: lever for lever in reach_contribution(plan, now + 5).levers}["money.pools.marketing.amount"]
    assert pool.value == pytest.approx(15, rel=2e-3)
    assert solve(with_figure(plan, pool.path, pool.value)).amounts().contribution() >= now + 5 - 1e-6
    assert "money.pools.marketing.amount" not in {lever.path for lever in reach_contribution(budget_plan(), 1e6).levers}


def test_an_amount_that_a_wish_names_is_a_figure_to_move_and_a_rule_that_is_off_is_none() -> None:
    plan = quota_plan()
    paths = {lever.path for lever in reach_contribution(plan, 1e6).levers}
    assert {"rules.a-700.amount", "rules.T1.ratio"} <= paths
    off = tuple(rule.model_copy(update={"enabled": False}) for rule in plan.rules)
    silent = reach_contribution(plan.model_copy(update={"rules": off}), 1e6)
    assert not any(lever.path.startswith("rules.") for lever in silent.levers)
