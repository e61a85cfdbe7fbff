"""Results written by hand, with figures of the built-in company's size, and stranger ones."""

from __future__ import annotations

from studies.allocation.results import AllocateResult, BudgetRow, Point, PoolRow, QuotaRow, RepRow, RuleRow, StageRow
from studies.decisions.comparing import CompareResult
from studies.decisions.stress_rows import StressRow
from studies.decisions.stressing import StressResult
from studies.main_job import RunResult
from studies.results import Change, Difference, Estimate, KpiRow, Margins
from studies.simulating import BridgeStep, SimulateResult, Spread

PLAN = "Manufacturing solutions, third quarter of 2027 制造业解决方案 2027年第三季度"
CHANGES = (
    Change(path="customer_tiers.A.win_rate", old="0.33", new="0.297", by="scenario soft_market"),
    Change(path="products.S1.median_cycle_days", old="70", new="90", by="--set"),
)
REPS = (
    ("R01", "Li Wei 李伟", "top", 1_350_000.0, 866_961.9),
    ("R05", "Chen Hao 陈浩", "core", 990_000.0, 1_102_196.0),
    ("R08", "Huang Jianguo 黄建国", "top", 1_350_000.0, 0.0),
)


def estimate(mean: float, half: float) -> Estimate:
    return Estimate(mean=mean, ci_low=mean - half, ci_high=mean + half)


def allocation(size: float = 1.0) -> AllocateResult:
    """An allocation whose money is multiplied by ``size``."""
    quotas = tuple(
        QuotaRow(product=product, region=region, rep=rep, quota=quota * share * size, expected=quota * share * 0.9)
        for rep, _, _, quota, _ in REPS
        for product, region, share in (("S1", "east", 0.5), ("P1", "east", 0.3), ("L1", "northwest", 0.2))
    )
    total = sum(cell.quota for cell in quotas)
    return AllocateResult(
        plan=PLAN,
        currency="CNY",
        status="optimal",
        target=3_300_000 * size,
        total_quota=total,
        over_assignment=total / (3_300_000 * size) - 1,
        expected_signed=3_100_000 * size,
        expected_contribution=1_400_000 * size,
        expected_by_source={"pipeline": 2_000_000 * size, "salon": 1_100_000 * size},
        allocation_name="optimised",
        quotas=quotas,
        budget=(
            BudgetRow(region="east", activity="salon", amount=88_000 * size),
            BudgetRow(region="northwest", activity="reference_visit", amount=36_000 * size),
            BudgetRow(region="northwest", activity="online", amount=0),
        ),
        pools=(
            PoolRow(pool="marketing", amount=200_000 * size, spent=124_000 * size, unspent=76_000 * size),
            PoolRow(pool="travel", amount=1000, spent=1000, unspent=0),
        ),
        rules=(
            RuleRow(
                id="R3",
                sentence="Growth and emerging regions get at least 60% of the market-activity money spent.",
                firmness="hard",
                left=648_000 * size,
                right=648_000 * size,
                status="binds",
                price=(
                    Point(step=0.01, unit="ratio", relaxation=0, contribution=-2149 * size),
                    Point(step=-0.01, unit="ratio", relaxation=0, contribution=0),
                ),
            ),
            RuleRow(
                id="T3",
                sentence="Each region carries the quotas in proportion to its base and growth.",
                firmness="soft",
                left=2_192_000 * size,
                right=1_695_000 * size,
                status="relaxed",
                member="northwest",
                gap=497_000 * size,
                price=(Point(step=0.01, unit="ratio", relaxation=-2_034_000 * size, contribution=0),),
            ),
            *(
                RuleRow(
                    id="T5",
                    sentence="A rep's quota is 1.5 (top), 1.1 (core) or 0.8 (new) times the target per head.",
                    firmness="hard",
                    left=990_000 * size,
                    right=990_000 * size,
                    status="binds",
                    member=rep,
                    price=(Point(step=0.01, unit="ratio", relaxation=-41_000, contribution=0),),
                )
                for rep, *_ in REPS
            ),
            RuleRow(id="pool:travel", sentence="Travel 差旅", firmness="data", left=0, right=1000, status="holds"),
        ),
        reps=tuple(
            RepRow(
                rep=rep,
                name=name,
                tier=tier,
                quota=quota * size,
                expected=quota * 0.9 * size,
                potential=potential * size,
                stretch=quota / potential if potential else None,
                hours_needed=244,
                hours_there=244,
            )
            for rep, name, tier, quota, potential in REPS
        ),
        stages=(
            StageRow(stage="relaxation", value=9_940_000 * size),
            StageRow(stage="contribution", value=1_400_000 * size),
            StageRow(stage="rep stretch", value=1.2009, note="decided by T5"),
        ),
        fairness=("T5",),
        solver="HiGHS 1.15.1",
        seconds=1.02,
        changes=CHANGES,
        findings=("T5 gives 20,340,000 of quotas, 113% of the company target of 18,000,000.",),
    )


def kpis(size: float = 1.0) -> tuple[KpiRow, ...]:
    rows = (
        ("p_target", "share", "more", 0.476, 0.022, (0.0, 0.0, 1.0)),
        ("signed", "money", "more", 17_890_000 * size, 90_000 * size, (15.4e6 * size, 17.9e6 * size, 20.6e6 * size)),
        ("contribution", "money", "more", -7_300 * size, 41_000 * size, (-5.8e5 * size, -7e3 * size, 8.9e5 * size)),
        ("cash", "money", "more", 14_500_000 * size, 60_000 * size, (13.3e6 * size, 14.4e6 * size, 15.6e6 * size)),
        ("collection_rate", "share", "more", 0.931, 0.002, (0.90, 0.93, 0.96)),
        ("wins", "count", "more", 119.3, 2.7, (107, 121, 131)),
        ("reps_on_quota", "share", "more", 0.305, 0.02, (0.15, 0.3, 0.45)),
    )
    return tuple(
        KpiRow(
            id=kpi,
            label=f"label of {kpi}",
            unit=unit,  # type: ignore[arg-type]
            direction=direction,  # type: ignore[arg-type]
            mean=mean,
            ci_low=mean - half,
            ci_high=mean + half,
            p10=spread[0],
            p50=spread[1],
            p90=spread[2],
        )
        for kpi, unit, direction, mean, half, spread in rows
    )


def spread(entry: str, name: str, target: float, p50: float) -> Spread:
    chance = 0.05 if target else None
    return Spread(
        id=entry, name=name, target=target, mean=p50 * 1.02, p10=p50 / 2, p50=p50, p90=p50 * 2, p_quota=chance
    )


def simulation(size: float = 1.0) -> SimulateResult:
    """A simulation whose money is multiplied by ``size``."""
    steps = (
        ("pipeline", "open pipeline", 9_460_000.0, "step"),
        ("salon", "Industry salon 行业沙龙", 2_250_000.0, "step"),
        ("without_risks", "mean without risks", 11_710_000.0, "total"),
        ("risks", "risks", -740_000.0, "step"),
        ("p50", "P50", 10_970_000.0, "total"),
        ("gap", "gap to the target", -470_000.0, "step"),
        ("target", "target", 10_500_000.0, "total"),
    )
    return SimulateResult(
        plan=PLAN,
        currency="CNY",
        target=18_000_000 * size,
        allocation_name="optimised",
        seed=1,
        replications=2000,
        risks=("K1", "K5", "K7"),
        plans=(),
        forced=("K1@week5",),
        kpis=kpis(size),
        bridge=tuple(
            BridgeStep(
                id=step,
                label=label,
                amount=amount * size,
                ci_low=(amount - 60_000) * size if kind == "step" else None,
                ci_high=(amount + 60_000) * size if kind == "step" else None,
                kind=kind,  # type: ignore[arg-type]
            )
            for step, label, amount, kind in steps
        ),
        by_product=(
            spread("L1", "Gateways and meters 网关与仪表", 2_265_000 * size, 1_877_000 * size),
            spread("S1", "Plant energy management 能效管理平台", 4_475_000 * size, 3_759_000 * size),
        ),
        by_region=(spread("east", "East 华东", 7_049_000 * size, 6_317_000 * size),),
        by_rep=tuple(spread(rep, name, quota * size, quota * 0.9 * size) for rep, name, _, quota, _ in REPS),
        by_week=tuple(spread(str(n), f"week {n}", 0, n * 300_000 * size) for n in range(1, 13)),
        cash_by_week=tuple(spread(str(n), f"week {n}", 0, 1_200_000 * size) for n in range(1, 13)),
        expected_signed=18_800_000 * size,
        optimism=estimate(1_290_000 * size, 540_000 * size),
        clips={"win_rate": 0.4},
        violations=(allocation(size).rules[1],),
        changes=CHANGES,
        seconds=12.5,
    )


def difference(kpi: str, unit: str, a: float, b: float, half: float, verdict: str) -> Difference:
    return Difference.model_validate(
        {
            "id": kpi,
            "label": f"label of {kpi}",
            "unit": unit,
            "direction": "more",
            "mean_a": a,
            "mean_b": b,
            "mean": b - a,
            "ci_low": b - a - half,
            "ci_high": b - a + half,
            "verdict": verdict,
            "p_b_beats_a": 0.02,
        }
    )


def margins(size: float = 1.0) -> Margins:
    """Half a percent of the target, and 5 points."""
    return Margins(amount=90_000 * size, chance=0.05)


def comparison(size: float = 1.0) -> CompareResult:
    """A comparison whose money is multiplied by ``size``."""
    return CompareResult(
        plan=PLAN,
        currency="CNY",
        target=18_000_000 * size,
        seed=1,
        replications=500,
        name_a="A (the plan)",
        name_b="B (soft_market)",
        allocation="keep",
        changes=CHANGES,
        decisions=tuple(
            Change(path=f"quota of R{n:02}", old="1,350,000", new="1,290,000", by="allocation") for n in range(30)
        ),
        kpis=kpis(size),
        kpis_a=kpis(size),
        differences=(
            difference("p_target", "share", 0.476, 0.302, 0.03, "worse"),
            difference("signed", "money", 17.9e6 * size, 16.7e6 * size, 1.7e5 * size, "worse"),
            difference("wins", "count", 119.3, 119.3, 0, "no difference"),
            difference("reps_left", "count", 1.1, 1.2, 0.2, "cannot tell"),
        ),
        smallest_difference=margins(size),
        violations=(allocation(size).rules[1].model_copy(update={"status": "broken"}),),
        violations_a=(allocation(size).rules[1],),
        seconds=8.0,
    )


def stress(size: float = 1.0) -> StressResult:
    """A stress test whose money is multiplied by ``size``."""
    risk = StressRow(
        risk="K5",
        risk_name="A rep leaves 销售离职",
        p_strike=estimate(0.8, 0.1),
        strikes=1.3,
        cost_signed=estimate(263_000 * size, 77_000 * size),
        cost_signed_given_strike=estimate(329_000 * size, 86_000 * size),
        cost_cash=estimate(10_000 * size, 9_000 * size),
        cost_contribution=estimate(150_000 * size, 40_000 * size),
        cost_p_target=estimate(0.067, 0.065),
        verdict="hurts",
    )
    rumour = risk.model_copy(
        update={
            "risk": "N1",
            "risk_name": "Rumour about a competitor's product 竞品传闻",
            "p_strike": estimate(0.0, 0.0),
            "cost_signed": estimate(0, 0),
            "cost_signed_given_strike": None,
            "verdict": "never struck",
        }
    )
    plan = {
        "plan": "K5-handover",
        "plan_name": "Hand-over to a similar rep within a week 一周内交接",
        "gain_signed": estimate(90_000 * size, 30_000 * size),
        "gain_cash": estimate(0, 0),
        "gain_contribution": estimate(41_000 * size, 12_000 * size),
        "gain_p_target": estimate(0.021, 0.012),
        "plan_cost": estimate(15_000 * size, 1_000 * size),
        "p_triggered": 0.8,
        "verdict": "buy",
    }
    posters = {**plan, "plan": "N2", "plan_name": "Motivation posters 励志海报", "verdict": "cannot tell yet"}
    notes = {**plan, "plan": "K5-notes", "plan_name": "K5-notes", "verdict": "does not matter"}
    return StressResult(
        plan=PLAN,
        currency="CNY",
        target=18_000_000 * size,
        allocation_name="optimised",
        seed=1,
        replications=500,
        forced=(),
        p_target=estimate(0.476, 0.044),
        p_target_no_risk=estimate(0.61, 0.043),
        rows=(risk, *(risk.model_copy(update=own) for own in (plan, posters, notes)), rumour),
        smallest_difference=margins(size),
        replications_run=587,
        replications_known=1553,
        changes=CHANGES,
        seconds=87.5,
    )


def run(size: float = 1.0) -> RunResult:
    """The main job."""
    return RunResult(allocate=allocation(size), simulate=simulation(size), stress=stress(size))
