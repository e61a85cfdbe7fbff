"""A request: everything that determines a study's answer; saved with the run, so that it can be repeated."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from studies.results import Record

__all__ = ["Request"]


class Request(Record):
    """One study asked for. Equal requests on equal plan files give equal answers; ``jobs`` does not matter."""

    study: Literal["run", "allocate", "simulate", "compare", "stress"]
    source: str
    """Plan folder or file, or the name of a built-in plan."""
    scenarios: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    """``path=value`` of ``--set``."""
    allocation: str | None = None
    """File of a hand-made allocation; None lets the optimiser decide."""
    detail: Literal["none", "prices", "ranges"] | None = None
    """allocate: how far to look for prices; None means prices where the plan is small enough."""
    repair: Annotated[int, Field(ge=1)] | None = None
    """allocate: which repair of a plan without an allocation to apply, counted from 1."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1
    replications: Annotated[int, Field(ge=2, le=10_000_000)] = 500
    jobs: Annotated[int, Field(ge=1, le=1024)] = 1
    risks: tuple[str, ...] | None = None
    """Risks in play; None means all that the plan enables."""
    plans: tuple[str, ...] | None = None
    """Contingency plans held ready; None means those the plan has chosen."""
    only: tuple[str, ...] | None = None
    """run, stress: risks to stress; None means all that are in play. The others stay in play, unstressed."""
    forced: tuple[str, ...] = ()
    """``K1@week5`` or ``K5:R03@week5``."""
    to_scenarios: tuple[str, ...] = ()
    """compare: scenarios of B, on top of nothing."""
    to_settings: tuple[str, ...] = ()
    to_allocation: str | None = None
    """compare: file of B's allocation."""
    to_plans: tuple[str, ...] | None = None
    """compare: contingency plans of B; None means those of A."""
    decide: Literal["keep", "resolve"] = "keep"
    """compare: B keeps A's allocation ("what happens to this plan") or plans anew ("what we would plan then")."""
