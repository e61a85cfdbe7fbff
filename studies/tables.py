"""A batch of replications as tables of a saved run, with ids instead of positions: they can be read by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_type_hints

import numpy as np
import pandas as pd

from scenarios.plan import Plan
from simulation.records import Activation, DealEnd, Payment, RenewalEnd, Strike
from studies.replications import Batch

__all__ = ["batch_tables"]

ROWS = {
    "deals": DealEnd,
    "renewals": RenewalEnd,
    "payments": Payment,
    "strikes": Strike,
    "activations": Activation,
}


def batch_tables(batch: Batch, plan: Plan) -> dict[str, pd.DataFrame]:
    """``figures``: KPIs and amounts, a row per replication. With records also the ends of everything."""
    tables = {"figures": _figures(batch, plan)}
    if batch.records:
        for name, row_type in ROWS.items():
            rows = [(r.replication, *row) for r in batch.records for row in getattr(r, name)]
            kinds = {"replication": int, **get_type_hints(row_type)}  # stated: a table without rows tells none
            tables[name] = _with_ids(pd.DataFrame(rows, columns=list(kinds)).astype(kinds), plan)
    return tables


def _figures(batch: Batch, plan: Plan) -> pd.DataFrame:
    nothing = np.zeros(len(batch))
    figures: dict[str, object] = {"replication": batch.numbers, **batch.kpis}
    figures |= {f"signed_from:{source}": values for source, values in batch.sources.items()}
    figures |= {f"strikes:{risk.id}": batch.struck.get(risk.id, nothing) for risk in plan.risks}
    figures |= {f"triggered:{p.id}": batch.triggered.get(p.id, nothing) for p in plan.contingency_plans}
    weeks = [str(week + 1) for week in range(plan.calendar.weeks)]
    for label, ids, values in (
        ("signed_by_product", list(plan.product), batch.by_product),
        ("signed_by_region", list(plan.region), batch.by_region),
        ("signed_by_rep", list(plan.rep), batch.by_rep),
        ("signed_by_week", weeks, batch.by_week),
        ("cash_by_week", weeks, batch.cash_by_week),
    ):
        figures |= {f"{label}:{id}": values[:, number] for number, id in enumerate(ids)}
    return pd.DataFrame(figures)


def _with_ids(table: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Positions of the compiled plan replaced by ids; −1 by nothing."""
    ids: dict[str, Sequence[str]] = {
        "product": list(plan.product),
        "region": list(plan.region),
        "rep": list(plan.rep),
        "tier": list(plan.customer_tier),
        "account": list(plan.account),
        "stage": [stage.id for stage in plan.process.stages],
    }
    for column, names in ids.items():
        if column in table:
            codes = table[column].to_numpy()
            table[column] = pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(list(names)))
    return table
