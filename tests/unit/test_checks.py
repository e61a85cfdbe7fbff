"""Unit: findings with their figures, and what the simulation does not carry out."""

import datetime as dt
from collections.abc import Mapping

import pytest

from scenarios.checks import Finding, findings
from scenarios.loading import load_plan
from scenarios.plan import Plan
from scenarios.policies import Health, Policy
from scenarios.risks import Trigger
from scenarios.rules import Rule
from studies.replay.excerpts import light_columns
from tests.plans import small_plan as load_small_plan


def found(plan: Plan) -> dict[str, Finding]:
    return {finding.id: finding for finding in findings(plan)}


def test_ids_are_unique_and_sentences_have_their_figures(small_plan: Plan) -> None:
    for plan in (small_plan, load_plan("quarter").plan):
        all_findings = findings(plan)
        assert len({finding.id for finding in all_findings}) == len(all_findings)
        assert not any("{" in finding.message for finding in all_findings)


def test_multiples_that_over_assign(small_plan: Plan) -> None:
    finding = found(small_plan)["over_assignment.T5"]
    assert finding.severity == "warning"
    assert finding.figures["share"] == pytest.approx((1.5 + 1.1 + 0.8) / 3)
    assert finding.message.startswith("T5 gives 1,133,333 of quotas, 113% of the company target of 1,000,000")


def test_over_assignment_by_region_follows_the_heads(small_plan: Plan) -> None:
    # north is home of R1 and R2: 2.6 / 3 of a million against 575,000; south of R3: 0.8 / 3 against 390,000
    figures = found(small_plan)["over_assignment_by_region.T5"].figures
    assert figures == pytest.approx({"north": 2_600_000 / 3 / 575_000, "south": 800_000 / 3 / 390_000})


def test_the_built_in_company_over_assigns_as_its_source_says() -> None:
    plan = load_plan("quarter").plan
    assert found(plan)["over_assignment.T5"].figures["share"] == pytest.approx(1.13)
    by_region = found(plan)["over_assignment_by_region.T5"].figures
    assert {region: round(share, 2) for region, share in by_region.items()} == {
        "central": 1.07, "east": 1.10, "northwest": 1.38, "south": 1.10, "southwest": 1.18
    }  # fmt: skip
    assert "region_growth" not in found(plan)


def test_exact_reading_does_not_over_assign() -> None:
    plan = load_small_plan(settings=["rules.T5.right=target", "rules.T5.ratio.normalised=true", "rules.T5.sense='='"])
    assert "over_assignment.T5" not in found(plan)


def test_region_growth_against_the_target(small_plan: Plan) -> None:
    finding = found(small_plan)["region_growth"]
    assert finding.figures["difference"] == pytest.approx(-35_000)
    assert "965,000, 96.5% of the company target of 1,000,000 (-35,000)" in finding.message


def test_minimum_shares_beyond_the_whole() -> None:
    assert "minimum_shares.T1" not in found(load_small_plan())
    plan = load_small_plan(settings=["rules.T3.left.where={product_tier: [long-tail]}", "rules.T3.ratio=0.3"])
    finding = found(plan)["minimum_shares.T1"]  # 60% star and 30% of long-tail in each of two regions
    assert finding.rules == ("T1", "T3")
    assert finding.figures["total"] == pytest.approx(1.2)


def test_minimum_shares_beyond_the_whole_beside_a_rule_that_divides_it() -> None:
    """T3 shares all quotas out among regions; that is no reason not to add up T1's."""
    settings = ["rules.T1-star.ratio=0.8", "rules.T1-potential.ratio=0.3"]
    finding = found(load_plan("quarter", settings=settings).plan)["minimum_shares.T1-star"]
    assert finding.rules == ("T1-star", "T1-potential")
    assert finding.figures["total"] == pytest.approx(1.1)
    assert not any(id_.startswith("minimum_shares") for id_ in found(load_small_plan()))


def test_the_calendar() -> None:
    assert not {"thirteenth_week", "no_holidays", "holidays_on_days_off"} & found(load_small_plan()).keys()
    bare = found(load_small_plan(settings=["calendar.thirteenth_week=''", "calendar.holidays=[]"]))
    assert bare["thirteenth_week"].figures == {"weeks": 12}
    assert bare["no_holidays"].figures == {"days": 60}
    weekend = found(load_small_plan(settings=["calendar.holidays=[2026-02-15]"]))
    assert "2026-02-15" in weekend["holidays_on_days_off"].message


def test_renewals_before_the_closing_phase(small_plan: Plan) -> None:
    figures = found(small_plan)["late_renewals"].figures  # the phase starts on 2026-03-02, the day C2's contract ends
    assert figures == {"count": 1, "amount": 40_000, "short": 1, "short_amount": 8_000}


def test_collection_against_payment_terms(small_plan: Plan) -> None:
    finding = found(small_plan)["collection_rate"]  # 30% at once, 60% of 54/84 days, 10% after a year
    assert finding.figures["due"] == pytest.approx(0.3 + 0.6 * 54 / 84)
    assert "long_terms" not in found(small_plan)
    slow = load_small_plan(settings=["money.payment_terms=[{share: 0.4, due_days: 0}, {share: 0.6, due_days: 75}]"])
    assert found(slow)["long_terms"].figures == {"share": 0.6, "days": 75, "first": 9, "quarter": 84}


def test_overdue_money_that_is_mostly_lost_is_named(small_plan: Plan) -> None:
    """Of what is late by two medians a tenth is late by more, sigma 0.5408: 0.01 / (0.01 + 0.99 x 0.2 x 0.1) = 34%."""
    figures, start = small_plan.model_dump(), small_plan.calendar.start
    late = {"late_share": 0.2, "median_days_late": 20, "sigma": 0.540867, "bad_debt": 0.01}

    def met(*days: int) -> Mapping[str, float] | None:
        rows = [{"id": f"I{d}", "amount": 50, "due_date": start - dt.timedelta(days=d)} for d in days]
        money = figures["money"] | {"lateness": late}
        finding = found(Plan.model_validate(figures | {"money": money, "receivables": rows})).get("overdue_receivables")
        return finding and finding.figures

    assert met(40) == {"count": 1, "amount": 50, "share": pytest.approx(0.01 / (0.01 + 0.99 * 0.2 * 0.1), rel=1e-4)}
    assert met(40, 1) is None  # one more that is a day late: 4.8% of it, less than a quarter of both
    assert met(1) is None
    assert met() is None


def test_hours_that_leads_ask(small_plan: Plan) -> None:
    # south: 4 salons and 20 units of online; 4 x 20 x 0.15 = 12 and 20 x 0.1 = 2 accepted. North: 3 salons, 9 and 2.
    # All of it costs 110,000 of 80,000, so 80/110 of it.
    # R2 with half and R3 with all of a week's hours on 56 days (two holidays, two days of training)
    enough = found(small_plan)["lead_hours_enough"]
    assert (enough.severity, list(enough.figures)) == ("note", ["north", "south"])
    assert "lead_hours.south" not in found(small_plan)
    busy = load_small_plan(settings=["reps.R3.hours_per_week=1", "reps.R2.hours_per_week=1"])
    south = found(busy)["lead_hours.south"]
    assert south.figures["accepted"] == pytest.approx(14 * 80 / 110)
    assert south.figures["there"] == pytest.approx(1.5 * 1 / 5 * 56)
    hours = south.figures["hours"]
    assert enough.figures["south"] == pytest.approx(hours / (1.5 * 24 / 5 * 56))
    assert south.severity == "warning"


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"sentence": "At least 60% of it.", "ratio": 0.55}, "55%"),
        ({"sentence": "At least 60% of it.", "ratio": 0.6}, ""),
        ({"sentence": "成长和新兴区域至少占 60％。", "ratio": 0.6}, ""),
        ({"sentence": "成长和新兴区域至少占 60％。", "ratio": 0.5}, "50%"),
        ({"sentence": "Most of it.", "ratio": 0.5}, ""),
        ({"sentence": "At most 2 salons a week.", "ratio": 1.0, "right": None, "amount": 396_000}, ""),
        ({"sentence": "All of the 63万.", "ratio": 1.0, "right": None, "amount": 630_000}, ""),
        ({"sentence": "All of the 630,000.", "ratio": 1.0, "right": None, "amount": 700_000}, "700,000"),
    ],
)
def test_a_sentence_that_says_another_figure_than_the_rule_has(
    small_plan: Plan, rule: Mapping[str, object], said: str
) -> None:
    """Every answer and every quota letter would quote it."""
    rules = [Rule.model_validate({**one.model_dump(), **rule}) if one.id == "R3" else one for one in small_plan.rules]
    told = found(small_plan.model_copy(update={"rules": tuple(rules)})).get("other_sentence.R3")
    assert (told is not None) == bool(said)
    assert told is None or told.message.startswith(f"R3 holds {said}, and its sentence says another figure: ")


def test_multiples_of_which_the_sentence_lacks_one(small_plan: Plan) -> None:
    assert "other_sentence.T5" not in found(small_plan)
    (t5,) = (rule for rule in small_plan.rules if rule.id == "T5")
    ratio = {"by": "rep_tier", "values": {"top": 1.6, "core": 1.1, "new": 0.8}}
    moved = Rule.model_validate({**t5.model_dump(), "ratio": ratio, "sentence": "1.5, 1.1 or 0.8 times the mean."})
    plan = small_plan.model_copy(update={"rules": (moved,)})
    assert "T5 holds 1.6" in found(plan)["other_sentence.T5"].message


def test_money_that_brings_no_leads_is_named_since_cutting_it_looks_free(small_plan: Plan) -> None:
    """Travel of the built-in plan: reach would cut it first."""
    assert not [id_ for id_ in found(small_plan) if id_.startswith("money_without_leads")]
    finding = found(load_plan("quarter").plan)["money_without_leads.travel"]
    assert finding.message.startswith("What Travel 差旅 (360,000) buys brings no leads")
    assert [id_ for id_ in found(load_plan("quarter").plan) if id_.startswith("money_without")] == [finding.id]


def test_automated_care_beside_a_cadence() -> None:
    plan = load_small_plan(settings=["customer_tiers.C.automated_in=[mature]"])
    assert found(plan)["automated_care.C"].figures == {"touches": 0.5, "automated": 1, "accounts": 2}


def test_what_never_acts(small_plan: Plan) -> None:
    assert not {"disabled_rules", "sleeping_trigger.K1-answer"} & found(small_plan).keys()
    asleep = found(load_small_plan(settings=["risks.K1.enabled=false", "rules.T3.enabled=false"]))
    assert "K1-answer waits for K1, which is switched off" in asleep["sleeping_trigger.K1-answer"].message
    assert asleep["disabled_rules"].rules == ("T3",)
    idle = found(
        load_small_plan(settings=["measures.proposal-tool.effects=[]", "contingency_plans.K1-answer.effects=[]"])
    )
    assert idle["cost_without_effect.proposal-tool"].figures == {"cost": 2_000}
    assert idle["cost_without_effect.K1-answer"].severity == "warning"


def test_a_criterion_on_an_exam_that_nobody_can_have_passed_in_time(small_plan: Plan) -> None:
    """Such a criterion counts as 0% in every quarter; where nobody takes part, of nobody all have passed."""
    exam = {"questions": 5, "success_rate": 0.9, "pass_mark": 0.8}
    asks = {"id": "skilled", "name": "", "phase": "start-up", "figure": "exam_passed", "at_least": 0.8, "measure": "E1"}
    start_up = next(phase for phase in small_plan.calendar.phases if phase.id == "start-up")
    assert (start_up.from_week, start_up.to_week) == (1, 2)

    def said(
        enabled: bool = True,
        at_least: float = 0.8,
        figure: str = "exam_passed",
        in_phase: str = "start-up",
        **session: object,
    ) -> list[str]:
        held = {"weeks": [2, 6], "rep_tiers": ["core"], "exam": exam} | session
        criterion = asks | {"at_least": at_least, "figure": figure, "phase": in_phase}
        if figure != "exam_passed":
            del criterion["measure"]
        calendar = small_plan.calendar.model_dump() | {"criteria": [criterion]}
        measures = [{"id": "E1", "name": "", "enabled": enabled, "session": held}]
        plan = Plan.model_validate(small_plan.model_dump() | {"calendar": calendar, "measures": measures})
        about = found(plan)
        return [about[key].message for key in ("sleeping_exam.skilled", "late_exam.skilled") if key in about]

    assert said() == []
    assert said(enabled=False) == [
        "skilled counts who passed the exam of E1, which is switched off: nobody takes it, and the 80% are never "
        "reached."
    ]
    assert said(weeks=[3]) == [
        f"skilled counts who passed the exam of E1, of which no session is over when {start_up.name} ends: the 80% are "
        "never reached."
    ]
    assert len(said(enabled=False, weeks=[3])) == 1
    assert said(weeks=[12], in_phase="closing")  # on the evening of the quarter's last day nobody takes it any more
    assert said(weeks=[11], in_phase="closing") == said(weeks=[12], day="thursday", in_phase="closing") == []
    assert said(enabled=False, at_least=0) == []
    assert said(enabled=False, figure="signed_share") == []
    assert said(enabled=False, rep_tiers=["nobody"]) == []


def test_a_plan_that_waits_for_a_light_that_is_never_given(small_plan: Plan) -> None:
    waits = small_plan.contingency_plans[0].model_dump() | {"trigger": {"light": "conversion"}}
    lights = {"id": "E3", "name": "", "lights": {"conversion": {"red": 0.8, "amber": 0.9}, "by_region": False}}
    weeks = small_plan.calendar.model_dump() | {"review_weeks": [3]}

    def sleeps(**sections: object) -> bool:
        sections = {"contingency_plans": [waits]} | sections
        plan = Plan.model_validate(small_plan.model_dump() | sections)
        return f"sleeping_light.{waits['id']}" in found(plan)

    assert sleeps(calendar=weeks)
    assert sleeps(policies=[lights])
    assert sleeps(policies=[lights | {"enabled": False}], calendar=weeks)
    assert not sleeps(policies=[lights], calendar=weeks)
    of_regions = waits | {"trigger": {"light": "conversion", "each_region": True}}
    assert sleeps(policies=[lights], calendar=weeks, contingency_plans=[of_regions])


def test_what_comes_when_the_quarter_is_over_is_named(small_plan: Plan) -> None:
    """Twelve weeks end on a Friday evening: reviews and looks of that week and tests that last so long are not held."""
    lights = {"id": "E3", "name": "", "lights": {"conversion": {"red": 0.8, "amber": 0.9}, "weeks": [11, 12]}}
    health = {"weeks": [6, 12], "interaction": 1, "need_match": 0, "budget_release": 0, "alarm_below": 0.5}
    effect = {"parameter": "win_rate", "factor": 1.1}
    policies = [
        lights,
        {"id": "S6", "name": "", "health": health},
        {"id": "M5", "name": "", "strategy_test": {"from_week": 11, "weeks": 2, "effects": [effect]}},
        {"id": "M5-early", "name": "", "strategy_test": {"from_week": 10, "weeks": 2, "effects": [effect]}},
        {"id": "off", "name": "", "strategy_test": {"from_week": 12, "effects": [effect]}, "enabled": False},
    ]
    waits = small_plan.contingency_plans[0].model_dump() | {"trigger": {"light": "conversion"}}
    figures = small_plan.model_dump() | {"policies": policies, "contingency_plans": [waits]}
    plan = Plan.model_validate(figures)
    said = {key: entry.message for key, entry in found(plan).items() if key.startswith(("last_", "no_verdict"))}
    assert said.keys() == {"last_evening.E3.12", "last_evening.S6.12", "no_verdict.M5"}
    assert said["last_evening.E3.12"].startswith("E3 is to look in week 12, at the end of the quarter")
    assert light_columns(plan) == [("conversion", 11)]
    assert not any(key.startswith("sleeping_light") for key in found(plan))
    lights["lights"] = {"conversion": {"red": 0.8, "amber": 0.9}, "weeks": [12]}
    assert f"sleeping_light.{waits['id']}" in found(Plan.model_validate(figures))


def test_regions_and_reps_that_carry_nothing() -> None:
    settings = ["reps.R3.regions=[north]", "reps.R2.regions=[north]", "reps.R1.hours_per_week=0"]
    with_reps_gone = settings + [
        f"{path}=R1" for path in ("accounts.C3.rep", "accounts.C4.rep", "opportunities.O4.rep", "opportunities.O5.rep")
    ] + [
        f"{path}=north"
        for path in ("accounts.C3.region", "accounts.C4.region", "opportunities.O4.region", "opportunities.O5.region")
    ]  # fmt: skip
    plan = load_small_plan(settings=[*with_reps_gone, "regions.south.base_amount=0"])
    assert {"uncovered_region.south", "blank_region.south", "idle_rep.R1"} <= found(plan).keys()


def test_minimum_multiples_below_the_target_over_assign_nothing() -> None:
    """At least 0.9, 0.8 and 0.7 times the target per head: 80% of it together."""
    settings = ["rules.T5.sense='>='", "rules.T5.ratio.values={top: 0.9, core: 0.8, new: 0.7}"]
    assert not {"over_assignment.T5", "over_assignment_by_region.T5"} & set(found(load_small_plan(settings=settings)))


def test_an_alarm_of_a_policy_that_is_off_sets_nothing_off(small_plan: Plan) -> None:
    health = Health(weeks=(4,), interaction=1, need_match=0, budget_release=0, alarm_below=0.5)
    answer = small_plan.contingency_plans[0].model_copy(update={"trigger": Trigger(alarm="S6")})
    for enabled in (True, False):
        policy = Policy(id="S6", name="Health", health=health, enabled=enabled)
        plan = small_plan.model_copy(update={"policies": (policy,), "contingency_plans": (answer,)})
        named = [finding for finding in findings(plan) if "K1-answer" in finding.message and "S6" in finding.message]
        assert bool(named) is not enabled
