"""Statistical: of a company whose pace is steady and whose reps have time, a plan goes on at that pace.

Whether hours bind cannot be told there, since the pipeline does not move; neither does anything have to change.
"""

import datetime as dt
import statistics
from pathlib import Path

import pytest

from studies.backtest.backtesting import BacktestRequest, backtest
from studies.replay.futures import Execution, Futures
from tests.crm_exports import START, Company, write_export, write_stages

pytestmark = pytest.mark.statistical

COMPANY = Company(weeks=66, leads_a_week=2.5, reps=6)
QUARTER = START + dt.timedelta(weeks=52)


def test_the_total_is_not_off_where_it_cannot_be_told_whether_hours_bind(tmp_path: Path) -> None:
    """Six companies. Wins of a quarter are 100 or so of prices 400 to 5,000: each is off by 15%, their mean by 6%."""
    ratios, inside, verdicts = [], 0, set()
    for seed in range(6):
        write_export(tmp_path / str(seed), COMPANY, seed)
        request = BacktestRequest(source=str(tmp_path / str(seed)), quarters=(QUARTER,), replications=24, seed=seed)
        [window] = backtest(request, Futures(Execution(seed, 24))).windows
        ratios.append(window.total.mean / window.total.actual)
        inside += window.total.inside
        verdicts.add(window.hours)
    assert "cannot tell" in verdicts
    assert 0.82 < statistics.mean(ratios) < 1.2, ratios
    assert inside >= 3, ratios


def test_the_total_is_not_off_where_stages_are_known(tmp_path: Path) -> None:
    """Six companies whose deals pass three stages: open ones count by where they stood on the day."""
    ratios, inside = [], 0
    for seed in range(6):
        mapping = write_stages(tmp_path / str(seed), COMPANY, seed)
        source = str(tmp_path / str(seed))
        request = BacktestRequest(source=source, mapping=str(mapping), quarters=(QUARTER,), replications=24, seed=seed)
        [window] = backtest(request, Futures(Execution(seed, 24))).windows
        ratios.append(window.total.mean / window.total.actual)
        inside += window.total.inside
    assert 0.82 < statistics.mean(ratios) < 1.2, ratios
    assert inside >= 3, ratios
