"""Answers about an allocation written by hand, with figures of the built-in company's size, and stranger ones."""

from __future__ import annotations

from studies.allocation.choosing import (
    AlternativesResult,
    EquityRow,
    FrontierResult,
    FrontierRow,
    LeastChangeResult,
    OptionRow,
    UnevennessRow,
)
from studies.allocation.explaining import ExplainResult, Explanation, FixedBy, LockEffect, PotentialPart, Relaxed, Stop
from studies.allocation.paying import MoneyResult, MoneyTableRow
from studies.allocation.results import RuleRow
from studies.allocation.sweeping import LeverRow, ReachResult, SweepResult, SweepRow
from tests.cli.samples import PLAN

T5 = "A rep's quota is 1.5 (top), 1.1 (core) or 0.8 (new) times the target per head."
T3 = "Each region carries the quotas in proportion to its base and growth."


def stop(reason: str, size: float = 1.0, **fields: object) -> Stop:
    whole = {"step": 10_000 * size, "reason": reason, "rules": (), "stage": "", "relaxed": (), "contribution": 0.0}
    return Stop(**{**whole, "distance": 0.0, **fields})


def explained(size: float = 1.0) -> ExplainResult:
    """Two reps, one by rule and one by fairness, and a region that a soft rule is about."""
    parts = (("pipeline", 612_000.0), ("renewals", 0.0), ("baseline", 120_000.0), ("cross_sell", 172_828.0))
    common = {
        "also_in": ("T1-star", "lock:east-salons"),
        "by_product": (("L1", 400_000 * size, 0.3), ("S1", 950_000 * size, 0.7)),
        "potential": 904_828 * size,
        "parts": tuple(PotentialPart(source=source, amount=amount * size) for source, amount in parts),
        "mean_stretch": 1.08,
        "before_rounding": 1_349_545 * size,
        "unit": 1000 * size,
        "expected": 868_437 * size,
    }
    rep = {**common, "kind": "rep", "id": "R13", "name": "Zhou Ping 周平", "quota": 1_350_000 * size, "stretch": 1.49}
    fixed = FixedBy(
        id="T5", sentence=T5, firmness="hard", sense="=", ratio=1.5, base=900_000 * size, base_name="target_per_head",
        misses=0.0,
    )  # fmt: skip
    held = FixedBy(
        id="lock:keep", sentence="she was promised it", firmness="lock", sense="=", ratio=1.0, base=900_000 * size,
        base_name="amount", misses=0.0,
    )  # fmt: skip
    wish = FixedBy(
        id="T3", sentence=T3, firmness="soft", sense="=", ratio=0.358, base=20_340_000 * size, base_name="quotas",
        misses=339_000 * size,
    )  # fmt: skip
    given = (Relaxed(id="T3", member="east", amount=10_000 * size), Relaxed(id="T3", member="x", amount=-size))
    rows = (
        {**rep, "fixed_by": (fixed,), "rank": 1, "of": 3, "hours_needed": 1480.0, "hours_there": 1300.0}
        | {"higher": stop("rules", size, rules=("rule:T5",)), "lower": stop("rules", size, rules=("rule:T5",))},
        {**rep, "id": "R14", "fixed_by": (), "rank": 2, "of": 3, "hours_needed": 80.0, "hours_there": 300.0}
        | {"higher": stop("contribution", size, contribution=-1234 * size), "lower": stop("fairness", size)},
        {**rep, "id": "R15", "fixed_by": (held,), "rank": 3, "of": 3, "hours_needed": 0.0, "hours_there": 0.0}
        | {"higher": stop("rules", size, rules=("hours:R15", "total quota")), "lower": stop("nothing", size)},
        {**rep, "kind": "region", "id": "east", "name": "East 华东", "fixed_by": (wish,), "rank": 2, "of": 2}
        | {"hours_needed": 1380.0, "hours_there": 2277.0}
        | {"higher": stop("fairness", size), "lower": stop("soft rules", size, relaxed=given)},
    )
    lock = LockEffect(id="keep", because="she was promised it", calculated=990_000 * size, locked=900_000 * size)
    return ExplainResult(
        plan=PLAN,
        currency="CNY",
        rows=tuple(Explanation(**row) for row in rows),
        locks=(lock,),
        locks_relaxation=90_000 * size,
        locks_contribution=-1200 * size,
    )


def equity(spread: float = 1.67) -> EquityRow:
    def over(least: float, greatest: float) -> UnevennessRow:
        middle = (least + greatest) / 2
        return UnevennessRow(least=least, greatest=greatest, mean=middle, spread=greatest - least, cv=0.31, gini=0.16)

    return EquityRow(stretch=over(0.6, 0.6 + spread), load=over(0.28, 1.0), without_hours=("R99",))


def broken(rule_id: str, firmness: str, member: str = "") -> RuleRow:
    return RuleRow.model_validate(
        {"id": rule_id, "sentence": T3, "firmness": firmness, "left": 1, "right": 2, "member": member}
        | {"status": "relaxed" if firmness == "soft" else "broken", "gap": 1}
    )


EVEN = "the target in equal parts to all reps, each part evenly over the rep's products and regions"


def option(name: str, kind: str, size: float = 1.0, rules: tuple[RuleRow, ...] = ()) -> OptionRow:
    return OptionRow.model_validate(
        {
            "name": name,
            "kind": kind,
            "contribution": 8_748_712 * size,
            "signed": 18_816_730 * size,
            "total_quota": 20_340_000 * size,
            "relaxation": 9_940_000 * size,
            "quota_moved": 0.52,
            "budget_moved": 0.37,
            "equity": equity(),
            "broken": rules,
            "notes": (EVEN,) if kind == "baseline" else (),
        }
    )


def alternatives(size: float = 1.0) -> AlternativesResult:
    """The best, one alternative, a rule of thumb and one made by hand; one rule of thumb could not be made."""
    options = (
        option("best", "best", size),
        option("alternative 1", "alternative", size, (broken("T3", "soft", "east"), broken("T3", "soft", "south"))),
        option("ratios taken literally", "baseline", size, (broken("T5", "hard"), broken("T3", "soft"))),
        option("Entwurf Müller 二", "by hand", size),
    )
    not_made = {"last_quarter": "reps without last_quarter_sales: R01"}
    return AlternativesResult(plan=PLAN, currency="CNY", within=0.01, options=options, not_made=not_made)


def close(size: float = 1.0) -> LeastChangeResult:
    return LeastChangeResult(
        plan=PLAN,
        currency="CNY",
        previous="allocation",
        changed=1_017_000 * size,
        changed_fresh=4_200_000 * size,
        option=option("least change", "best", size),
        previous_option=option("allocation", "by hand", size, (broken("T5", "hard"),)),
    )


def fairness(size: float = 1.0) -> FrontierResult:
    curve = ((0.186, 8_748_712.0), (0.1, 8_740_000.0), (0.0, 8_649_941.0))
    points = tuple(FrontierRow(unevenness=uneven, contribution=amount * size) for uneven, amount in curve)
    return FrontierResult(plan=PLAN, currency="CNY", measure="load", now=equity(), points=points)


def decided() -> FrontierResult:
    flat = fairness()
    return flat.model_copy(update={"measure": "stretch", "points": flat.points[:1], "decided_by": ("T5",)})


def sweep(size: float = 1.0) -> SweepResult:
    """Four values, what is now among them; the last has no allocation."""

    def at(value: float, contribution: float, binding: tuple[str, ...]) -> SweepRow:
        return SweepRow(
            value=value,
            way="live",
            contribution=contribution * size,
            relaxation=9_940_000 * size,
            signed=18_816_730 * size,
            total_quota=20_340_000 * size,
            equity=equity(),
            binding=binding,
            relaxed=("T3/east",),
        )

    nothing = dict.fromkeys(("contribution", "relaxation", "signed", "total_quota", "equity"))
    conflict = ("rule:T5", "pool:marketing")
    rows = (
        at(0.5, 8_760_000, ("R7-a",)),
        at(0.6, 8_748_712, ("R3", "pool:travel")),
        at(0.7, 8_727_099, ("R3", "pool:travel")),
        SweepRow.model_validate({"value": 0.8, "way": "live", **nothing, "conflict": conflict}),
    )
    return SweepResult(plan=PLAN, currency="CNY", path="rules.R3.ratio", now=0.6, rows=rows)


def reach(size: float = 1.0) -> ReachResult:
    levers = (
        ("rules.R7-pool.amount", 360_000.0, 348_412.5, 8_760_299.0),
        ("rules.T4-showcase.amount", 36_000.0, None, 8_750_339.0),
        ("reps.R09.hours_per_week", 28.0, None, 8_748_712.0),
    )
    return ReachResult(
        plan=PLAN,
        currency="CNY",
        goal=8_760_000 * size,
        now=8_748_712 * size,
        levers=tuple(
            LeverRow(
                path=path,
                now=now * size,
                value=None if value is None else value * size,
                move=None if value is None else value / now - 1,
                contribution=contribution * size,
                way="live",
            )
            for path, now, value, contribution in levers
        ),
    )


def money(size: float = 1.0) -> MoneyResult:
    pools = {"incentive": "Incentive pool 激励奖金池", "marketing": "Market activities 市场活动", "reserve": "Reserve"}
    names = {"signing_bonus": "Signing bonus 签约奖", "salon": "Industry salon 行业沙龙", "K5-handover": "Hand-over"}
    rows = (
        ("incentive", "signing_bonus", 252_000.0, 263_434.0, None, "expected", "R5", None, True),
        ("marketing", "salon", 788_000.0, 788_000.0, 788_000.0, "certain", "", 35.8, True),
        ("marketing", "unspent", 292_000.0, 0.0, 0.0, "not allocated", "", None, False),
        ("reserve", "K5-handover", 20_000.0, None, None, "chance unknown", "K", None, False),
        ("reserve", "reserve", 280_000.0, None, 280_000.0, "chance unknown", "K", None, False),
        ("", "team_building", 0.0, 12_000.0, 54_000.0, "chance from simulation", "R6", None, False),
    )
    fields = ("pool", "purpose", "set_aside", "expected", "most", "treatment", "rule", "units", "in_contribution")
    found = []
    for row in rows:
        entry = dict(zip(fields, row, strict=True))
        sized = {key: entry[key] * size for key in ("set_aside", "expected", "most") if isinstance(entry[key], float)}  # type: ignore[operator]
        named = {"pool_name": pools.get(row[0], ""), "name": names.get(row[1], "")}
        found.append(MoneyTableRow.model_validate(entry | sized | named))
    return MoneyResult(
        plan=PLAN,
        currency="CNY",
        rows=tuple(found),
        cash_due=15_330_549 * size,
        cash_received=14_099_718 * size,
        collection_rate=0.9197,
        collection_threshold=0.95,
    )
