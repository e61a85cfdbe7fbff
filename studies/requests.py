"""A request: everything that determines a study's answer; saved with the run, so that it can be repeated.

Each study has a request of its own, with the fields that it heeds and no others. These are their common parts.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field

from studies.results import Record

__all__ = ["QuarterRequest", "Request", "SimulatedRequest"]


class Request(Record):
    """A study asked for. Equal requests on equal plan files give equal answers, whoever computes them."""

    study: str
    """Which study of the registry; each request narrows it down to its own."""
    source: str
    """Plan folder or file, or the name of a built-in plan."""
    scenarios: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    """``path=value`` of ``--set``."""
    allocation: str | None = None
    """File of a hand-made allocation; None lets the optimiser decide."""


class SimulatedRequest(Request):
    """A request that is answered by simulating."""

    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1
    replications: Annotated[int, Field(ge=2, le=10_000_000)] = 500
    jobs: Annotated[int, Field(ge=1, le=1024)] = 1
    """Processes of this computer."""
    cluster: str | None = None
    """Address of the scheduler of a Dask cluster that computes instead of them."""

    def computed_by(self, jobs: int | None, cluster: str | None) -> Self:
        """The same request; where neither is named, it is computed by whom it says."""
        if jobs is None and cluster is None:
            return self
        return self.model_copy(update={"jobs": jobs or 1, "cluster": cluster})


class QuarterRequest(SimulatedRequest):
    """A request that is answered by simulating the quarter of a plan."""

    precision: str | None = None
    """``[KPI=]half-width``: as many replications as give the asked figures an interval that narrow, at least
    ``replications`` of them; None means exactly ``replications``."""
    max_minutes: Annotated[float, Field(gt=0, le=100_000)] | None = None
    """Time that the replications of a precision may take; then the answer is as precise as could be."""
    risks: tuple[str, ...] | None = None
    """Risks in play; None means all that the plan enables."""
    plans: tuple[str, ...] | None = None
    """Contingency plans held ready; None means those the plan has chosen."""
    forced: tuple[str, ...] = ()
    """``K1@week5`` or ``K5:R03@week5``."""
