"""Arguments and options that several commands take."""

from __future__ import annotations

import os
import unicodedata
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Decide(StrEnum):
    """What B of a comparison does about its allocation."""

    keep = "keep"
    resolve = "resolve"


class Measure(StrEnum):
    """What is to be even among reps."""

    load = "load"
    stretch = "stretch"


PlanName = Annotated[str, typer.Argument(metavar="PLAN", help="Folder or YAML file of a plan, or a built-in plan.")]
Scenarios = Annotated[list[str] | None, typer.Option("--scenario", metavar="NAME", help="A scenario; repeatable.")]
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Change a figure of the plan; repeatable.")
]
AllocationFile = Annotated[
    Path | None, typer.Option("--allocation-file", metavar="FILE", help="An allocation made by hand, CSV or .xlsx.")
]
Seed = Annotated[int, typer.Option("--seed", min=0, max=2**32 - 1, help="Another seed, other futures.")]
Replications = Annotated[int, typer.Option("--replications", min=2, max=10_000_000, help="Quarters to simulate.")]
Jobs = Annotated[int | None, typer.Option("--jobs", min=1, max=1024, help="Processes; default: number of cores.")]
Cluster = Annotated[
    str | None,
    typer.Option("--cluster", metavar="ADDRESS", help="Dask cluster that computes instead: tcp://HOST:PORT."),
]
Risks = Annotated[str | None, typer.Option("--risks", metavar="IDS", help="Risks in play: K1,K5 or none or all.")]
Plans = Annotated[str | None, typer.Option("--plans", metavar="IDS", help="Contingency plans held: ids, none, all.")]
Force = Annotated[list[str] | None, typer.Option("--force", metavar="RISK@weekN", help="Let it strike; repeatable.")]
Only = Annotated[str | None, typer.Option("--only", metavar="IDS", help="Risks to stress; default: all in play.")]
Require = Annotated[
    list[str] | None, typer.Option("--require", metavar="KPI>=X", help="Exit 6 if the mean fails it; repeatable.")
]
Precision = Annotated[
    str | None,
    typer.Option("--precision", metavar="[KPI=]X", help="As many quarters as give ±X, for instance 0.02 or cash=1%."),
]
MaxTime = Annotated[
    float | None, typer.Option("--max-time", metavar="MINUTES", min=0.01, help="Most that --precision may take.")
]
Criterion = Annotated[
    str, typer.Option(metavar="KPI", help="What verdicts are about: contribution, signed, cash, p_target.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON and nothing else.")]
Out = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where runs are saved.")]
Saved = Annotated[Path, typer.Option("--runs", metavar="FOLDER", help="Where runs are saved.")]

RUNS = Path("runs")


def amount_of(option: str, text: str) -> float:
    """An amount of money as people write it in a table: ``600000``, ``600,000``, ``60万``."""
    from scenarios.texts import CellKind, Unclear

    try:
        amount = float(str(CellKind("number", money=True).node("", text).value))
    except (ValueError, Unclear):
        amount = -1.0
    if not 0 <= amount < float("inf"):
        raise typer.BadParameter(f"{text} is no amount of money; write 600000 or 60万", param_hint=option)
    return amount


def share_of(option: str, text: str) -> float:
    """``1%`` or ``0.01``."""
    plain = unicodedata.normalize("NFKC", text).strip()  # ７０％ of a Chinese keyboard
    try:
        return float(plain.removesuffix("%")) / (100 if plain.endswith("%") else 1)
    except ValueError:
        raise typer.BadParameter(f"{text} is no share; write 1% or 0.01", param_hint=option) from None


def criterion_of(text: str) -> str:
    """A KPI that verdicts can be about."""
    if text not in ("contribution", "signed", "cash", "p_target"):
        raise typer.BadParameter(f"{text}: one of contribution, signed, cash, p_target", param_hint="--criterion")
    return text


def ids_of(text: str, plan: str, section: str) -> tuple[str, ...]:
    """Ids of a list with commas; ``none`` and ``all`` of a section of the plan."""
    if text == "none":
        return ()
    if text == "all":
        from scenarios.loading import load_plan

        return tuple(entry.id for entry in getattr(load_plan(plan).plan, section))
    return tuple(part.strip() for part in text.split(",") if part.strip())


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
