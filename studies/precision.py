"""As many replications as an asked precision needs: a pilot, then a fixed number.

The pilot's half-width h0 at n0 replications says that N = n0 · (h0 / asked)² replications give the asked one: Stein's
two-stage rule, whose quantile of Student's t at n0 − 1 degrees of freedom stands in h0 (C. Stein, Annals of
Mathematical Statistics 16, 1945; Y. S. Chow and H. Robbins, same journal 36, 1965, for figures that are not normal).
N is fixed before the rest is run, so that stopping does not depend on how it turns out.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from scenarios.errors import UsageError
from simulation.kpis import KPIS
from studies.replay.futures import Futures
from studies.requests import QuarterRequest
from studies.results import Estimate, Record
from studies.study import SHARE, Answer, Inputs, Study

__all__ = ["Precision", "PrecisionRow", "answer_precisely", "read_precision"]

MOST = 10_000_000
"""Replications that a precision may take at most."""
_LEAST = 1e-6
"""Of the target: who asks for less in money has taken it for a share."""
_FORM = re.compile(r"\s*(?:(\w+)\s*=)?\s*(\d*\.?\d+)\s*(%?)\s*")


class PrecisionRow(Record):
    """How the number of replications came about."""

    kpi: str
    asked: float
    """Half-width of the 95% interval."""
    reached: float
    """Widest of those of the figures asked for."""
    pilot: int
    replications: int
    stopped_by: Literal["precision", "time", "limit"]


@dataclass(frozen=True, slots=True)
class Precision:
    """A half-width of the 95% interval of the asked figures in a KPI (or of shares), in the KPI's unit."""

    kpi: str
    half_width: float


def read_precision(text: str, usual: str, target: float) -> Precision:
    """``[KPI=]half-width``, of the ``usual`` figure where it names none; a percentage of money is one of the target.

    UsageError where it is none.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise UsageError(f"--precision {text}: write a half-width, for instance 0.02 or contribution=0.5%")
    kpi, number, percent = match[1] or usual, float(match[2]), match[3]
    if kpi not in KPIS and kpi != SHARE:
        raise UsageError(f"--precision {text}: no KPI {kpi}; there are: {', '.join(KPIS)}")
    is_money = kpi != SHARE and KPIS[kpi].unit == "money"
    if percent:
        number *= target / 100 if is_money else 0.01
    if not 0 < number < math.inf:
        raise UsageError(f"--precision {text}: a half-width is above 0")
    if is_money and number < _LEAST * target:
        hint = f"write {kpi}=1% of the target"
        raise UsageError(f"--precision {text}: {kpi} is money, so that is next to nothing; {hint}")
    return Precision(kpi, number)


def answer_precisely(
    study: Study, request: QuarterRequest, inputs: Inputs, futures: Futures
) -> tuple[QuarterRequest, Answer, PrecisionRow | None]:
    """Answer a request with as many replications as its precision asks for, at least those that it names.

    The request handed back names the number that it came to, so that repeating it needs no clock and no pilot.
    """
    start = time.monotonic()
    if request.precision is None:
        if request.max_minutes is not None:
            raise UsageError(
                "--max-time limits a --precision; give --replications to say how many quarters to simulate"
            )
        return request, study.answer(request, inputs, futures), None
    asked = read_precision(request.precision, study.precise_in(request), inputs.plan.target)
    pilot = futures.count
    answer = study.answer(request, inputs, futures)
    wanted = _needed(pilot, _widest(study, answer, asked), asked.half_width)
    stopped_by: Literal["precision", "time", "limit"] = "precision"
    if wanted > MOST:
        wanted, stopped_by = MOST, "limit"
    if request.max_minutes is not None:
        spent = max(time.monotonic() - start, 1e-3)
        affordable = int(pilot * request.max_minutes * 60 / spent)
        if affordable < wanted:
            wanted, stopped_by = max(affordable, pilot), "time"
    settled = request.model_copy(update={"replications": wanted, "precision": None, "max_minutes": None})
    if wanted > pilot:
        answer = study.answer(settled, inputs, futures.more(wanted))
    row = PrecisionRow(
        kpi=asked.kpi,
        asked=asked.half_width,
        reached=_widest(study, answer, asked),
        pilot=pilot,
        replications=wanted,
        stopped_by=stopped_by,
    )
    return settled, answer, row


def _needed(pilot: int, half_width: float, asked: float) -> int:
    """Replications for a half-width, from a pilot's."""
    return pilot if half_width <= asked else math.ceil(min(pilot * (half_width / asked) ** 2, 1e12))


def _widest(study: Study, answer: Answer, asked: Precision) -> float:
    figures: Sequence[Estimate] = study.figures(answer.result, asked.kpi)
    if not figures:
        raise UsageError(f"--precision: {study.name} answers nothing about {asked.kpi}")
    return max(figure.half_width for figure in figures)
