"""A file of the stages that deals came to: how many pass each of them before a date, and where deals stood on it."""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.calibration.figures import Figure
from scenarios.calibration.passing import LEAST_LEFT, LEAST_WON, Journeys, Passing, passing
from scenarios.calibration.rates import difficulty_spreads
from scenarios.crm.cells import dates_in
from scenarios.crm.history import History
from scenarios.crm.mapping import Mapping as ColumnMapping
from scenarios.crm.sheets import Findings, Unused
from scenarios.errors import Problem

__all__ = ["PassedStages", "StageRecord", "stage_columns", "stages_known_on", "typed_stage_history"]

Floats: TypeAlias = NDArray[np.float64]
BY_STAGE = "stage: "
"""Mark of a column of its own for a stage."""
GOLDEN = (math.sqrt(5) - 1) / 2
SHORT_ID = 15
"""Letters of a Salesforce id in its reports; its other exports add three letters by which slips are found."""


@dataclass(frozen=True, eq=False)
class PassedStages:
    """Stages that stand alone, in their order, with what is known of them."""

    names: tuple[str, ...]
    passed: tuple[Figure, ...]
    """Share that passes."""
    spread: tuple[float, ...]
    """Of a factor on how hard each stage is to pass: standard deviation of its logarithm."""
    parts: tuple[Figure, ...]
    """Part of the cycle that passes in each; they add up to 1."""
    visits: float
    """Stages that a deal comes to on average until it is won or lost."""
    at: Mapping[str, int]
    """Deal → number of the stage that it is in, or was lost in; of deals without entries the first."""
    part_by: tuple[float, ...]
    beside: tuple[int, int]
    """Deals won and deals closed that the shares do not hold: begun before the file, or without entries."""

    @property
    def win_rate(self) -> tuple[float, float]:
        """Share of deals that is won, and the number of deals of which it would be known as well as it is.

        Not the share of the deals closed: deals lost early are closed sooner than those won, so where more come in than
        went out (a first year, growth) too few of the closed are won. A deal that leaves a stage passes it or is lost
        there on that day, so the shares of the stages do not lean that way, and all is passed by their product (the
        product limit of Kaplan and Meier, JASA 53, 1958, with stages for time; for states in a row Aalen and Johansen,
        Scandinavian J. Statistics 5, 1978). It is known as well as of n deals where its logarithm has their variance,
        (1 - p) ÷ (p n). Deals closed that the shares do not hold come to these n as further ones, won or lost (a Beta
        and what is binomial): of them nothing but the share won is known.
        """
        share = math.prod(figure.value for figure in self.passed)
        deals = (1 - share) / (share * self.win_spread**2)
        won, closed = self.beside
        return (share * deals + won) / (deals + closed), deals + closed

    @property
    def win_spread(self) -> float:
        """Spread of the win rate that follows from those of the stages: standard deviation of its logarithm."""
        return math.hypot(*(s * math.log(c.value) for s, c in zip(self.spread, self.passed, strict=True)))

    def part_done(self, deals: pd.DataFrame) -> Floats:
        """Part of its cycle that a deal has behind it when its stage ends; of one won, all of it.

        A deal lost early shows but the beginning of its cycle, as one open in an early stage does.
        """
        by = deals["id"].map({id: self.part_by[stage] for id, stage in self.at.items()})
        unknown = pd.Series(np.where(deals["outcome"] == "open", self.part_by[0], 1.0), index=deals.index)
        return np.asarray(by.fillna(unknown).where(deals["outcome"] != "won", 1.0), dtype=float)

    def part_at_end(self, deals: pd.DataFrame) -> Floats:
        """As ``part_done``, of an open deal the part at the end of one of the stages in which it may end.

        In proportion to the chances of these, evenly over the days on which deals began (multiples of the golden
        ratio). With the stage that it is in, a deal of a long cycle, not yet out of it, would be watched for longer
        than one of a short cycle that went on; but how long one is watched must not depend on the cycle (independent
        censoring: Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data, 2002, chapter 1).
        """
        part = self.part_done(deals).copy()
        passed = np.array([figure.value for figure in self.passed[:-1]])
        is_open = np.asarray(deals["outcome"] == "open")
        stage = np.asarray(deals["id"].map(self.at).fillna(0), dtype=int)
        for number in range(len(passed)):
            here = np.flatnonzero(is_open & (stage == number))
            here = here[np.lexsort((deals["id"].iloc[here], deals["engaged"].iloc[here]))]
            lost_by = 1 - np.cumprod(passed[number:])
            at = np.searchsorted(lost_by, (np.arange(len(here)) + 0.5) * GOLDEN % 1, side="right")
            part[here] = np.asarray(self.part_by)[number + at]
        return part


@dataclass(frozen=True)
class StageRecord:
    """What a history of stages says as of a date."""

    passed: PassedStages | None
    """None where it tells too little."""
    unused: tuple[Unused, ...]
    warnings: tuple[str, ...]


def stage_columns(mapping: ColumnMapping) -> dict[str, str | None]:
    """Our names of the columns → the file's; one for each stage where each has its own."""
    assert mapping.stage_history is not None
    columns = mapping.stage_history.columns
    if columns.entered_by_stage:
        return {"deal": columns.deal, **{BY_STAGE + stage: name for stage, name in columns.entered_by_stage.items()}}
    return {"deal": columns.deal, "stage": columns.stage, "entered": columns.entered}


def typed_stage_history(table: pd.DataFrame, file: str, mapping: ColumnMapping, found: Findings) -> pd.DataFrame:
    """A row for each deal and stage that it came to: deal, stage, entered."""
    assert mapping.stage_history is not None
    columns = mapping.stage_history.columns
    found.refuse(file, columns.deal, table[table["deal"] == ""], "deal", "is empty")
    if columns.entered_by_stage:
        parts = []
        for stage, column in columns.entered_by_stage.items():
            days = dates_in(table, BY_STAGE + stage, file, column, mapping, found)
            parts.append(pd.DataFrame({"deal": table["deal"], "stage": stage, "entered": days}))
        return pd.concat(parts).dropna(subset="entered").reset_index(drop=True)
    assert columns.stage is not None
    assert columns.entered is not None
    unknown = table[~table["stage"].isin(list(mapping.stages))]
    remedy = f"The mapping knows: {', '.join(mapping.stages)}."
    found.refuse(file, columns.stage, unknown, "stage", "unknown stage {value}", remedy)
    days = dates_in(table, "entered", file, columns.entered, mapping, found)
    missing = table[table["entered"] == ""]
    found.refuse(file, columns.entered, missing, "deal", "the day on which deal {value} came to the stage is missing")
    return pd.DataFrame({"deal": table["deal"], "stage": table["stage"], "entered": days})


def with_ids_of(
    history: pd.DataFrame, deals: pd.Series[str], file: str, deals_file: str, found: Findings
) -> pd.DataFrame:
    """The history under the ids that the deals have; a Salesforce id counts with and without its three last letters."""
    known = set(deals)
    short = history["deal"].str.len() == SHORT_ID + 3
    ids = history["deal"].where(_among(history["deal"], known) | ~short, history["deal"].str[:SHORT_ID])
    if len(ids) and not _among(ids, known).any():
        text = f"none of its deals is in {deals_file}: {ids.iloc[0]!r} is the first"
        found.problems.append(Problem(file, "", text, "Name the column of the same deal ids in the mapping."))
    return history.assign(deal=ids)


def stages_known_on(table: pd.DataFrame, history: History, as_of: dt.date, order: Sequence[str]) -> StageRecord:
    """What was known at the start of ``as_of``: entries of that day or later are not read.

    ``order`` are the open stages as deals pass them. When deals are won or lost is taken from the deals.
    """
    date, deals = pd.Timestamp(as_of), history.deals
    unused: list[Unused] = []

    def leave_out(rows: pd.DataFrame, which: pd.Series[bool], reason: str) -> pd.DataFrame:
        if which.any():
            unused.append(Unused("entries of stages", reason, int(which.sum())))
        return rows[~which]

    rows = leave_out(table, table["entered"] >= date, f"dated on {as_of} or later")
    rows = rows[rows["stage"].isin(list(order))]
    rows = leave_out(rows, ~_among(rows["deal"], set(deals["id"])), "of deals that are not used")
    ended = rows["deal"].map(dict(zip(deals["id"], deals["closed"], strict=True)))
    rows = leave_out(rows, rows["entered"] > ended, "after the deal was closed")
    if rows.empty:
        text = f"no deal came to any stage before {as_of} in the stage history: deals count by their age"
        return StageRecord(None, tuple(unused), (text,))
    known = deals[_among(deals["id"], set(rows["deal"]))]
    # A stage that hardly any deal came to would be passed by all who skip it.
    came = rows.groupby("stage")["deal"].nunique()
    used = [name for name in order if came.get(name, 0) >= LEAST_LEFT] or list(order[:1])
    journeys = _journeys(rows, known, date, used)
    # Of deals that began before the first entry the earlier stages are not in the file: they only say where they are.
    whole = np.asarray(known["engaged"] >= rows["entered"].min())
    # The first closing tells from when on one watches, so it is there for certain and says nothing of how deals end.
    start = float((history.closed["closed"].min() - date).days) + 1
    found = passing(journeys.some(whole), start, 0.0)
    warnings = _against_the_order(rows, order)
    if found is None:
        text = (
            f"the stage history tells too little: two stages that {LEAST_LEFT} deals have left, and {LEAST_WON} deals "
            f"won, are wanted before {as_of}: deals count by their age"
        )
        return StageRecord(None, tuple(unused), (*warnings, text))
    merged = [name for name in order if name not in {used[n] for n in found.stages}]
    if merged:
        text = "too few deals came to these stages or left them, each counts as part of the one before: "
        warnings.append(text + ", ".join(merged))
    held = _among(history.closed["id"], set(known["id"][whole]))
    beside = history.closed[~held]
    at = {id: max(bisect_right(found.stages, n) - 1, 0) for id, n in zip(known["id"], journeys.furthest, strict=True)}
    return StageRecord(_passed(found, at, used, as_of, beside), tuple(unused), tuple(warnings))


def _among(names: pd.Series[str], known: set[str]) -> pd.Series[bool]:
    """As ``isin``, which takes seconds for 100,000 texts."""
    return pd.Series([name in known for name in names.tolist()], index=names.index, dtype=bool)


def _journeys(rows: pd.DataFrame, deals: pd.DataFrame, date: pd.Timestamp, order: Sequence[str]) -> Journeys:
    days = (rows["entered"] - date).dt.days
    first = days.groupby([rows["deal"], rows["stage"]]).min().unstack()
    entered = first.reindex(index=deals["id"], columns=list(order)).to_numpy(dtype=float, na_value=np.inf)
    begun = np.asarray((deals["engaged"] - date).dt.days, dtype=float)
    ended = np.asarray((deals["closed"] - date).dt.days, dtype=float)
    return Journeys.of(entered, begun, np.where(np.isnan(ended), np.inf, ended), np.asarray(deals["outcome"] == "won"))


def _passed(
    found: Passing, at: Mapping[str, int], order: Sequence[str], as_of: dt.date, beside: pd.DataFrame
) -> PassedStages:
    figures = []
    for rate, low, high, passed, left in zip(found.rate, found.low, found.high, found.passed, found.left, strict=True):
        text = f"{int(passed):,} of {int(left):,} deals that left the stage before {as_of} passed it"
        figures.append(Figure(float(rate), int(left), text, float(low), float(high)))
    parts = [round(float(part), 4) for part in found.part]
    parts[parts.index(max(parts))] += 1 - math.fsum(parts)  # what rounding leaves, so that they add up to 1
    return PassedStages(
        names=tuple(order[n] for n in found.stages),
        passed=tuple(figures),
        spread=tuple(difficulty_spreads(found.passed.tolist(), found.left.tolist()).tolist()),
        parts=tuple(
            Figure(round(part, 4), found.won, f"part of the days of {found.won:,} deals won that passed in the stage")
            for part in parts
        ),
        visits=found.visits,
        at=at,
        part_by=tuple(float(part) for part in found.part_by),
        beside=(int((beside["outcome"] == "won").sum()), len(beside)),
    )


def _against_the_order(rows: pd.DataFrame, order: Sequence[str]) -> list[str]:
    """Pairs of stages that most deals come to the other way round than the mapping lists them."""
    place = {name: number for number, name in enumerate(order)}
    moves = rows.assign(place=rows["stage"].map(place)).sort_values(["deal", "entered", "place"])
    after = moves.groupby("deal")[["stage"]].shift(-1)
    pairs = pd.DataFrame({"first": moves["stage"], "then": after["stage"]}).dropna(subset="then")
    counts = Counter(zip(pairs["first"], pairs["then"], strict=True))
    texts = []
    for (first, then), back in sorted(counts.items()):
        forth = counts[then, first]
        if place[then] < place[first] and back > forth and back >= LEAST_LEFT:
            texts.append(
                f"{back:,} deals went from stage {first} to {then} and {forth:,} the other way: list the open stages "
                "in the mapping in the order in which deals pass them"
            )
    return texts
