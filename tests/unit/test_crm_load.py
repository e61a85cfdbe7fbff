"""Known answer: whether reps' hours bind, and what is drawn where closings do not tell."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest

from scenarios.calibration.capacity import binding, capacity_behind, chance_of_binding
from scenarios.calibration.cycles import CycleFit
from scenarios.calibration.figures import Figure
from scenarios.calibration.seasons import Season
from scenarios.crm import import_crm
from scenarios.crm.history import History, Windows
from scenarios.crm.load import hours_in_doubt
from scenarios.loading import load_plan
from scenarios.plan import Plan
from tests.crm_exports import START, Company, write_growing

ONES = np.ones(10)
RISING = np.array([8.0] * 5 + [16.0] * 5)
AS_OF = dt.date(2024, 1, 1)
EVEN = Season((1.0, 1.0, 1.0), (10, 10, 10), 1.0)
COMPANY = Company(reps=6, win_rate=0.5, leads_a_week=2.8, weeks=52, prices={"Anvil": 1000.0})


class TestChance:
    def test_closings_that_stay_while_twice_as_much_comes_due(self) -> None:
        """100 closings, 10 a week: ln of the ratio is 50 ln(0.1 ÷ 0.0667) + 50 ln(0.1 ÷ 0.1333) = 5.89."""
        expected = 1 / (1 + math.exp(-(50 * math.log(1.5) + 50 * math.log(0.75))))
        assert chance_of_binding(10 * ONES, RISING, ONES) == pytest.approx(expected)
        assert expected > 0.99

    def test_closings_that_follow_what_comes_due(self) -> None:
        closings = RISING * 10 / 12
        assert chance_of_binding(closings, RISING, ONES) < 0.01
        assert chance_of_binding(closings, RISING * 3, ONES) == pytest.approx(chance_of_binding(closings, RISING, ONES))

    def test_where_as_much_comes_due_every_week_nothing_is_learnt(self) -> None:
        assert chance_of_binding(np.array([5.0, 15.0] * 5), 7 * ONES, ONES) == 0.5

    def test_a_season_is_no_answer_to_what_comes_due(self) -> None:
        """Closings and what came due both rise, but so does the season: twice over would be four times as many."""
        season = RISING / 12
        assert chance_of_binding(RISING, ONES, season) == 0.5
        assert chance_of_binding(RISING, RISING, season) > 0.9

    def test_weeks_that_vary_more_than_chance_lets_them_say_less(self) -> None:
        """Variance 36 about a mean of 10: the excess is 10 × 3.6 ÷ 9 = 4, so the logarithm of the ratio a quarter."""
        wild = np.array([4.0, 16.0] * 5)
        log_ratio = float(wild @ np.log((ONES / 10) / (RISING / 120)))
        assert chance_of_binding(wild, RISING, ONES) == pytest.approx(1 / (1 + math.exp(-log_ratio / 4)))

    def test_too_little_says_nothing(self) -> None:
        assert chance_of_binding(10 * ONES[:9], RISING[:9], ONES[:9]) == 0.5
        assert chance_of_binding(0 * ONES, RISING, ONES) == 0.5
        assert chance_of_binding(10 * ONES, 0 * ONES, ONES) == 0.5


def test_the_slope_on_the_pipeline_by_hand() -> None:
    pipeline = np.exp(np.linspace(0, 1, 12))
    assert binding(pipeline * 20, pipeline, np.ones(12)).elasticity == pytest.approx(1)
    assert binding(np.full(12, 20.0), pipeline, np.ones(12)).verdict == "hours bind"
    assert binding(np.full(12, 20.0), np.full(12, 50.0), np.ones(12)).verdict == "cannot tell"


def test_what_was_possible_is_what_makes_the_closings_there_were() -> None:
    assert capacity_behind(40, 80) == pytest.approx(40, rel=1e-3)  # twice as much to close: all the time was used
    # As much to close as was possible: of two Poisson numbers of mean c the lesser is c less sqrt(2c) / sqrt(2 pi).
    most = capacity_behind(40, 44)
    assert 40 < most < 48
    assert capacity_behind(40, 30) == 52  # less came due than was closed: beyond 1.3 times nothing was seen


def test_what_comes_due_is_told_by_the_ages_of_deals() -> None:
    """Of every cycle that lasts to an age a tenth ends in each week of the next ten: 1/10, 1/9, 1/8 … of those left.

    One deal of R1, begun 70 days before the date and open: in the last week it is nine weeks old and comes due for
    certain, in the week before with 1/2. R2 has one that was closed in the fourth week before the date.
    """
    cycle = CycleFit(
        35.0,
        0.5,
        1.0,
        0.1,
        (1.0, 1.0),
        tuple(7.0 * n for n in range(1, 11)),
        tuple(n / 10 for n in range(1, 11)),
        0.0,
        0.1,
        100,
        0,
    )
    day = pd.Timestamp(AS_OF)
    deals = pd.DataFrame(
        {
            "rep": ["R1", "R2"],
            "engaged": [day - pd.Timedelta(days=70), day - pd.Timedelta(days=70)],
            "closed": [pd.NaT, day - pd.Timedelta(days=25)],
            "outcome": ["open", "won"],
        }
    ).astype({"closed": "datetime64[ns]"})
    windows = Windows(
        AS_OF, AS_OF - dt.timedelta(days=91), AS_OF - dt.timedelta(days=182), AS_OF - dt.timedelta(days=70)
    )
    rates = {name: Figure(2.0, 20, "") for name in ("R1", "R2")}
    found = hours_in_doubt(History(deals, ()), cycle, rates, EVEN, windows)
    assert found.weeks == 10
    # R1 closed nothing; of R2 1/10 + 1/9 + … + 1/4 = 1.096 came due in the seven weeks until it was closed.
    due = sum(1 / left for left in range(4, 11))
    assert found.closings == {"R1": 2.0, "R2": pytest.approx(2 * capacity_behind(1, due))}
    # R1 is due in every week, R2 in the first seven: 2/10, 2/9 … 2/4, 1/3, 1/2, 1. The closing is in the seventh.
    weekly = np.array([2 / left for left in range(10, 3, -1)] + [1 / 3, 1 / 2, 1])
    bound, free = 0.1, weekly[6] / weekly.sum()
    excess = min(((np.eye(10)[6] - p) ** 2 / p).sum() for p in (np.full(10, 0.1), weekly / weekly.sum())) / 9
    assert found.chance == pytest.approx(1 / (1 + (free / bound) ** (1 / max(excess, 1))))


@pytest.fixture(scope="module")
def growing(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    folder = tmp_path_factory.mktemp("growing")
    write_growing(folder / "export", COMPANY, 4.0, 2.6, seed=1)
    report = import_crm(folder / "export", START + dt.timedelta(weeks=52), folder / "plan")
    return load_plan(report.out).plan


def test_the_plan_draws_whether_hours_bind(growing: Plan) -> None:
    """Low is the part of the hours that closings take: then no rep has any to spare."""
    entry = next(entry for entry in growing.uncertainty if entry.id == "U-binding")
    drawn = entry.distribution
    assert (entry.parameter, entry.scope.picked, drawn.kind, drawn.high) == ("rep_hours", {}, "two_point", 1)
    assert drawn.low is not None
    assert drawn.low_share is not None
    assert 0.3 < drawn.low < 0.8
    assert 0.5 < drawn.low_share < 1
    assert entry.source.startswith("closings of 26 weeks against what came due by its age: hours bind with ")
    [touch] = {stage.touch_hours for stage in growing.process.stages if stage.touch_hours}
    weekly = sum(rep.hours_per_week for rep in growing.reps) * drawn.low / touch
    assert weekly == pytest.approx(6 * 2.6, rel=0.15)  # so many closings a week are possible then
