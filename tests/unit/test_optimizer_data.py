"""Unit: what the linear program is told of a plan, against figures worked out by hand."""

import math

import pytest

from optimizer.data import prepare
from optimizer.demand import reference_spend
from optimizer.hours import duty_hours, hours_there
from optimizer.outlook import Outlooks
from optimizer.returns import cash_share
from optimizer.selection import universe
from scenarios.effects import Effect, Scope
from scenarios.expectations import cycle_bounds, cycle_of, touch_positions
from scenarios.measures import Measure
from scenarios.plan import Plan
from scenarios.workload import lead_work
from tests.allocation_plans import budget_plan
from tests.plans import small_plan


def normal(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))


def test_an_open_deal_counts_its_value_times_winning_times_closing_in_time(small_plan: Plan) -> None:
    """O1: 60,000 in the last stage at A; 56 calendar days = 40 working days old.

    It passes with 0.5 ** (ln 0.8 / ln 0.4). Its cycle ends after 40 days (it is not signed yet) and before 40 / 0.7
    (it has left the stage before); the horizon of 58 days covers all of that.
    """
    deal = next(o for o in small_plan.opportunities if o.id == "O1")
    passes = 0.5 ** (math.log(0.8) / math.log(0.4))
    assert Outlooks(small_plan).of_open(deal).value == pytest.approx(60_000 * passes)


def due_hours(plan: Plan, stage: int, age: float, position: float) -> float:
    """P(age < position x C <= age + horizon) for a deal of S1 in a stage at an age."""
    cycle, horizon = cycle_of(plan, plan.product["S1"]), plan.calendar.working_days
    low, high = cycle_bounds(plan.process, stage, age)
    within = cycle.cdf_between((age + horizon) / position, low, high)
    return within - cycle.cdf_between(age / position, low, high)


def test_touches_behind_an_open_deal_take_no_hours(small_plan: Plan) -> None:
    """O1, 40 days old in its last stage, has one touch of an hour left, unless that is behind it."""
    deal = next(o for o in small_plan.opportunities if o.id == "O1")
    (position,) = touch_positions(small_plan.process, 2)
    hours = Outlooks(small_plan).of_open(deal).hours
    assert hours == pytest.approx(due_hours(small_plan, 2, 40, position))
    assert hours <= 1


def test_an_open_deal_s_hours_follow_its_touches_stage_by_stage(small_plan: Plan) -> None:
    """O2: C, in its second stage, 25 working days old; two touches of an hour there, and one in the third if it passes.

    The proposal of the second stage is behind it, and no touch of the first is counted again.
    """
    deal = next(o for o in small_plan.opportunities if o.id == "O2")
    here, next_stage = touch_positions(small_plan.process, 1), touch_positions(small_plan.process, 2)
    passes = 0.3 ** (math.log(0.5) / math.log(0.4))
    hours = sum(due_hours(small_plan, 1, 25, position) for position in here)
    hours += passes * sum(due_hours(small_plan, 1, 25, position) for position in next_stage)
    assert Outlooks(small_plan).of_open(deal).hours == pytest.approx(hours)


def test_a_lead_s_gain_is_leads_times_winning_times_closing_in_time() -> None:
    """A salon of 10 brings one lead of 160: won with 0.5, closed in the quarter with 0.5; so 40 a unit, 4 a money."""
    data = prepare(budget_plan())
    gains = {(s.region, s.band): s.gain[0] for s in data.segments}
    assert gains == pytest.approx({("growth", 0): 4, ("growth", 1): 3, ("mature", 0): 4, ("mature", 1): 3})
    assert {s.capacity for s in data.segments} == {20}


def test_leads_that_are_not_accepted_bring_nothing() -> None:
    salon = budget_plan().activities[0].model_dump() | {"acceptance": 0.25}
    found = [data.segments[0].gain[0] for data in (prepare(budget_plan()), prepare(budget_plan(activities=[salon])))]
    assert found == pytest.approx([4, 1])


def test_leads_of_the_small_plan_by_hand(small_plan: Plan) -> None:
    """Baseline B1: 2 leads of S1 in the north, half at A and half at C, over 58 days; cycle 300/7 days, sigma 0.5."""
    data = prepare(small_plan)
    median, days, sigma = 60 * 5 / 7, 58, 0.5
    z = math.log(days / median) / sigma
    mean_in_time = normal(z) - median * math.exp(sigma**2 / 2) * normal(z - sigma) / days
    win = sum(rate ** (math.log(0.6 * 0.5 * 0.8) / math.log(0.4)) for rate in (0.5, 0.3)) / 2
    row, column = data.product_number["S1"], data.region_number["north"]
    assert data.demand["baseline"][row, column] == pytest.approx(2 * 50_000 * win * mean_in_time)
    assert data.demand["renewals"][row, column] == pytest.approx(0.9 * 40_000)
    assert data.demand["renewals"][data.product_number["L1"], column] == pytest.approx(0.7 * 8_000)


def test_hours_there_are_weeks_less_days_away_care_and_collecting(small_plan: Plan) -> None:
    """58 days less 2 of training. R1 cares for C1: 2 x 11.6 x 0.5 h; R2 for two automated C: 0.5 x 11.6 x 0.05 h."""
    there = hours_there(small_plan)
    assert there["R1"] == pytest.approx(24 / 5 * 56 - 11.6)
    assert there["R2"] == pytest.approx(24 / 5 * 56 - 2 * 0.29)
    assert there["R3"] == pytest.approx(24 / 5 * 56 - 11.6)


def test_blocks_that_overlap_take_their_days_once() -> None:
    """Eight days from the first of week 2 on, and seven from the first of week 3 on: twelve days in all."""
    blocks = [{"id": id, "name": id, "from_week": week, "days": days} for id, week, days in (("a", 2, 8), ("b", 3, 7))]
    calendar = small_plan().calendar.model_dump() | {"blocks": blocks}
    plan = Plan.model_validate(small_plan().model_dump() | {"calendar": calendar})
    assert plan.calendar.away("top") == [(5, 17)]
    assert plan.calendar.days_worked("top") == 58 - 12
    assert hours_there(plan)["R1"] == pytest.approx(24 / 5 * 46 - 11.6)
    assert lead_work(plan, plan.region["north"]).there == pytest.approx(24 / 5 * 46 * (1 + 1 / 2))


def test_what_falls_due_after_the_quarter_is_not_collected_in_it() -> None:
    """The last day of twelve weeks from 5 January is 29 March."""
    plan = small_plan(settings=["process.collection_hours=3"])
    rows = [{"id": id, "amount": 1, "due_date": day} for id, day in (("I8", "2026-03-27"), ("I9", "2026-03-30"))]
    with_one, with_both = (
        plan.model_validate({**plan.model_dump(), "receivables": [*plan.receivables, *rows[:count]]})
        for count in (1, 2)
    )
    assert hours_there(with_both) == hours_there(with_one)
    assert sum(hours_there(plan).values()) - sum(hours_there(with_one).values()) == pytest.approx(3)


def test_collecting_is_the_owner_s_work_and_everybody_s_where_there_is_no_account() -> None:
    before = hours_there(small_plan())
    plan = small_plan(settings=["process.collection_hours=3"])
    loose = plan.model_validate(
        {**plan.model_dump(), "receivables": [*plan.receivables, {"id": "I3", "amount": 1, "due_date": "2026-02-01"}]}
    )
    after = hours_there(loose)
    assert {rep: before[rep] - after[rep] for rep in before} == pytest.approx({"R1": 4, "R2": 4, "R3": 1})


def test_event_duty_falls_on_the_reps_at_home(small_plan: Plan) -> None:
    salon = small_plan.activity["salon"]
    assert duty_hours(small_plan, "south", salon) == {"R3": 6 / 10_000}
    assert duty_hours(small_plan, "north", salon) == {"R1": 3 / 10_000, "R2": 3 / 10_000}
    assert duty_hours(small_plan, "north", small_plan.activity["online"]) == {}


def test_measures_are_believed() -> None:
    """A measure that lifts win rates by a tenth lifts what A customers are expected to sign at the last stage."""
    tool = small_plan()
    figures = tool.model_dump()
    figures["measures"] = [{"id": "m", "name": "m", "effects": [{"parameter": "deal_value", "factor": 1.1}]}]
    lifted = Plan.model_validate(figures)
    before, after = prepare(tool), prepare(lifted)
    for source in ("pipeline", "baseline", "cross_sell"):
        assert after.demand[source].sum() == pytest.approx(1.1 * before.demand[source].sum())
    assert after.demand["renewals"].sum() == pytest.approx(before.demand["renewals"].sum())


def test_a_measure_for_some_reps_counts_with_their_share_of_the_region() -> None:
    """R3's share of the south's hours, of R2 and R3, is what of the south's leads are worth double."""
    figures = small_plan().model_dump()
    double = {"parameter": "deal_value", "factor": 2, "scope": {"rep": ["R3"]}}
    figures["measures"] = [{"id": "m", "name": "m", "effects": [double]}]
    before, after = prepare(small_plan()), prepare(Plan.model_validate(figures))
    there = hours_there(small_plan())
    share = there["R3"] / (there["R2"] + there["R3"])
    south = before.region_number["south"]
    expected = (1 + share) * before.demand["baseline"][:, south]
    assert after.demand["baseline"][:, south] == pytest.approx(expected)


def test_reference_spend_fills_full_effect_bands_in_proportion_to_the_pool(small_plan: Plan) -> None:
    """Full effect: salons 30,000 and 40,000, online 20,000 each; 110,000 of which the pool pays 80,000."""
    spend = reference_spend(small_plan, universe(small_plan))
    assert sum(spend.values()) == pytest.approx(80_000)
    assert spend["south", "salon"] / spend["north", "online"] == pytest.approx(2)


def test_what_measures_take_of_a_pool_is_no_reference_spend() -> None:
    """A measure of 2,000 in the pool of 80,000 leaves 78,000: for averages as for the row of the pool and the check."""
    plan = small_plan(settings=["measures.proposal-tool.pool=marketing"])
    assert sum(reference_spend(plan, universe(plan)).values()) == pytest.approx(78_000)
    assert prepare(plan).pools == {"marketing": 78_000}
    accepted = lead_work(plan, plan.region["south"]).accepted
    assert accepted == pytest.approx(lead_work(small_plan(), plan.region["south"]).accepted * 78 / 80)


def test_potential_is_own_pipeline_and_renewals_and_an_hours_share_of_what_comes(small_plan: Plan) -> None:
    data = prepare(small_plan)
    potential = dict(zip(data.cells.quota, data.potential, strict=True))
    outlook = Outlooks(small_plan).of_open(next(o for o in small_plan.opportunities if o.id == "O1"))
    own = outlook.value + 0.9 * 40_000
    there = hours_there(small_plan)
    share = there["R1"] / (there["R1"] + there["R2"])
    row, column = data.product_number["S1"], data.region_number["north"]
    spend = reference_spend(small_plan, universe(small_plan))
    leads = float(data.demand["baseline"][row, column] + data.demand["cross_sell"][row, column])
    first = {s.activity: s for s in reversed(data.segments) if s.region == "north"}
    leads += sum(spend["north", a] * first[a].gain[row] for a in ("salon", "online"))
    assert potential["S1", "north", "R1"] == pytest.approx(own + share * leads)


def test_cash_in_the_quarter_follows_terms_and_lateness(small_plan: Plan) -> None:
    """60 days, never late: what is signed before them. 30 / 60 / 10 at 0 / 30 / 365 days: that, less lateness."""
    plan = small_plan.model_validate({**small_plan.model_dump(), "money": {}})
    assert cash_share(plan) == pytest.approx(1 - 60 * 5 / 7 / 58)
    share = cash_share(small_plan)
    most = (0.3 + 0.6 * (1 - 150 / 7 / 58)) * 0.99
    assert 0.8 * most < share < most


def test_a_fifth_of_bad_debt_takes_a_fifth_of_the_cash(small_plan: Plan) -> None:
    sound, bad = (small_plan.model_dump(), small_plan.model_dump())
    sound["money"]["lateness"]["bad_debt"], bad["money"]["lateness"]["bad_debt"] = 0, 0.2
    assert cash_share(Plan.model_validate(bad)) == pytest.approx(0.8 * cash_share(Plan.model_validate(sound)))


def test_an_expert_s_fee_falls_on_large_deals_of_hard_customers() -> None:
    figures = small_plan().model_dump()
    figures["money"]["expert_fee"] = {"rate": 0.05, "above_amount": 50_000, "industries": ["textile"]}
    plan = Plan.model_validate(figures)
    fees = {o.id: Outlooks(plan).of_open(o).fee for o in plan.opportunities}
    signed = Outlooks(plan).of_open(plan.opportunities[0]).value
    assert plan.opportunities[0].id == "O1"
    assert fees == pytest.approx({"O1": 0.05 * signed, "O2": 0, "O3": 0, "O4": 0, "O5": 0})


def test_fees_and_bonuses_are_taken_from_the_margin() -> None:
    figures = small_plan().model_dump()
    figures["money"]["expert_fee"] = {"rate": 0.05, "above_amount": 50_000, "industries": ["textile"]}
    plan = Plan.model_validate(figures)
    data, deal = prepare(plan), plan.opportunities[0]
    place = data.product_number[deal.product], data.region_number[deal.region]
    assert data.fee_rate[place] > 0
    rate = plan.product[deal.product].margin - data.fee_rate[place] - data.bonus_rate[place]
    assert data.contribution_rate[place] == pytest.approx(rate)


def test_a_block_for_some_tiers_takes_days_from_them_alone() -> None:
    plan = small_plan()
    blocks = [{"id": "training", "name": "Training", "from_week": 1, "days": 2, "rep_tiers": ["new"]}]
    calendar = plan.calendar.model_dump() | {"blocks": blocks}
    some = Plan.model_validate(plan.model_dump() | {"calendar": calendar})
    free = Plan.model_validate(plan.model_dump() | {"calendar": calendar | {"blocks": []}})
    lost = {rep: hours_there(free)[rep] - hours_there(some)[rep] for rep in ("R1", "R2", "R3")}
    assert lost == pytest.approx({"R1": 0, "R2": 0, "R3": 2 * 24 / 5})


def test_leads_that_a_measure_adds_whatever_is_spent_are_demand_without_money() -> None:
    """Half a lead a week more from salons: demand without any salon, under the salon's name."""
    plan = small_plan()
    measure = Measure(
        id="M", name="M", effects=(Effect(parameter="lead_rate", shift=0.5, scope=Scope(activity=("salon",))),)
    )
    more = plan.model_copy(update={"measures": (*plan.measures, measure)})
    before, after = prepare(plan), prepare(more)
    assert "salon" not in before.demand or before.demand["salon"].sum() == 0
    assert after.demand["salon"].sum() > 0
    assert (after.organic - before.organic).sum() == pytest.approx(after.demand["salon"].sum())


def test_a_product_that_nobody_is_sold_besides_adds_no_demand() -> None:
    plan = small_plan()
    cross = plan.cross_selling.model_copy(update={"product_mix": {"S1": 0.0, "L1": 1.0}})
    data = prepare(plan.model_copy(update={"cross_selling": cross}))
    sold = dict(zip(data.products, data.demand["cross_sell"].sum(axis=1).tolist(), strict=True))
    assert sold["S1"] == 0 < sold["L1"]
