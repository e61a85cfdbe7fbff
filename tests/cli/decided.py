"""Results of studies that decide, small and made up, for tests of what is shown of them."""

from __future__ import annotations

import datetime as dt

from studies.backtest.backtests import (
    BacktestCause,
    BacktestFinding,
    BacktestResult,
    BacktestRow,
    BacktestScore,
    BacktestWindow,
)
from studies.decisions.break_even import BreakEven
from studies.decisions.selecting import PlanSetRow, SelectResult
from studies.decisions.valuing import DelayPoint, Interaction, ValueResult, ValueRow
from tests.cli import samples
from tests.cli.samples import estimate

__all__ = ["backtest", "select", "value"]


def value() -> ValueResult:
    row = ValueRow(
        plan="K5-handover",
        plan_name="Hand-over within a week",
        risk="K5",
        p_triggered=0.8,
        gain_signed=estimate(60_000, 9_000),
        gain_cash=estimate(40_000, 8_000),
        gain_p_target=estimate(0.017, 0.03),
        gain_contribution=estimate(48_321.5, 36_000),
        plan_cost=estimate(3_000, 100),
        retainer=1_000,
        activations=1_500,
        uses=500,
        gain_worst_tenth=None,
        reserve=4_000,
        reserve_interval=None,
        verdict="buy",
        seen=31,
        needed=None,
        spared=None,
        break_even=BreakEven(status="found", factor=0.4, factor_interval=(0.2, 0.7), chance=0.3, chance_now=0.6),
        delays=(
            DelayPoint(days_later=0, gain=estimate(48_321.5, 36_000)),
            DelayPoint(days_later=5, gain=estimate(-10, 2)),
        ),
        latest=4.9,
        interactions=(
            Interaction(
                other="K6-kpi", other_name="=KPI", shares="resource", difference=estimate(-1_000, 300)
            ),
        ),
    )  # fmt: skip
    return ValueResult(
        plan="Quarter", currency="CNY", target=18e6, allocation_name="optimised", seed=1, replications=60,
        criterion="contribution", in_depth=True, rows=(row,), kpis=(), replications_run=100, replications_known=20,
        smallest_difference=samples.margins(),
        violations=(samples.allocation().rules[1].model_copy(update={"status": "broken", "sentence": "=1+1"}),),
    )  # fmt: skip


def select() -> SelectResult:
    def row(*plans: str, gain: float, behind: float | None = None) -> PlanSetRow:
        return PlanSetRow(
            plans=plans, cost=estimate(3_000, 100), cost_p90=4_000, within_budget=True, gain=estimate(gain, 10),
            gain_contribution=estimate(gain, 10), gain_p_target=estimate(0.02, 0.01),
            behind=None if behind is None else estimate(behind, 5),
        )  # fmt: skip

    return SelectResult(
        plan="Quarter", currency="CNY", target=18e6, allocation_name="optimised", seed=1, criterion="contribution",
        budget=60_000, method="all sets", promised=True, confidence=0.95, delta=90_000, candidates=("K5", "K6"),
        only_cost=(), seldom=(), sets=4, affordable=4, chosen=row("K5", gain=48_000),
        rivals=(row("K5", "K6", gain=45_000, behind=3_000),), frontier=(row(gain=0.0), row("K5", gain=48_000)),
        shown=100, replications=100, figures=400, figures_equal=400, quarters_run=300,
    )  # fmt: skip


def backtest() -> BacktestResult:
    rows = tuple(
        BacktestRow(
            dimension=dimension, id=id_, name=name, actual=900.0, mean=1_000.0, p10=800.0, p50=990.0, p90=1_200.0,
            last=700.0, pipeline=950.0, drift=880.0,
        )
        for dimension, id_, name in (("total", "total", "total"), ("region", "east", "=East"))
    )  # fmt: skip
    cause = BacktestCause(scope="total", name="", id="win_rate", forecast=0.4, actual=0.35, amount=-100.0)
    window = BacktestWindow(
        kind="quarter", start=dt.date(2017, 7, 1), end=dt.date(2017, 10, 1), weeks=13, open_deals=5, deals_known=50,
        hours="", rows=rows, causes=(cause,),
    )  # fmt: skip
    score = BacktestScore(
        kind="quarter", dimension="total", count=1, inside=1, pinball=0.05,
        wape={"model": 0.1, "last": 0.2222, "pipeline": 0.05, "drift": 0.02}, expected_wape=0.0876,
    )  # fmt: skip
    finding = BacktestFinding(id="inside_quarter", figures={"inside": 1, "count": 1})
    return BacktestResult(
        export="export", mapping="maven", description="a CRM", currency="CNY", seed=1, replications=20,
        windows=(window,), scores=(score,), findings=(finding,),
    )  # fmt: skip
