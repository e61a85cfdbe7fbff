"""Unit: the pages about the command line and its JSON name everything there is, and nothing that is not."""

from __future__ import annotations

import dataclasses
import re
import typing
from pathlib import Path

import pytest
from pydantic import BaseModel
from typer.main import get_command
from typer.testing import CliRunner

import cli
from reports.json_texts import PlanCheck
from scenarios.crm import ImportReport
from studies.allocation.choosing import AlternativesResult, FrontierResult, LeastChangeResult
from studies.allocation.explaining import ExplainResult
from studies.allocation.paying import MoneyResult
from studies.allocation.results import AllocateResult
from studies.allocation.sweeping import ReachResult, SweepResult
from studies.backtest.backtests import BacktestResult
from studies.decisions.comparing import CompareResult
from studies.decisions.over_assigning import OverAssignResult
from studies.decisions.reaching import ReachChanceResult
from studies.decisions.recommending import RecommendResult
from studies.decisions.rounds import RoundsResult
from studies.decisions.selecting import SelectResult
from studies.decisions.sensitivity import SensitivityResult
from studies.decisions.stressing import StressResult
from studies.decisions.trial_design import DesignResult
from studies.decisions.warning import LightsResult
from studies.main_job import RunResult
from studies.registry import STUDIES
from studies.saved.runs import RunSummary
from studies.saved.unfinished import PartialResult
from studies.simulating import SimulateResult
from studies.trace.traces import TraceResult

DOCS = Path(cli.__file__).parent / "docs"
ROOTS = (
    AllocateResult,
    SimulateResult,
    CompareResult,
    StressResult,
    RunResult,
    PlanCheck,
    RunSummary,
    PartialResult,
    ImportReport,
)
ROOTS += (ExplainResult, AlternativesResult, LeastChangeResult, FrontierResult, SweepResult, ReachResult, MoneyResult)
ROOTS += (TraceResult, BacktestResult)
ROOTS += (SelectResult, RecommendResult, SensitivityResult, ReachChanceResult)
ROOTS += (OverAssignResult, RoundsResult, LightsResult, DesignResult)
ROOTS += tuple(study.result for study in STUDIES.values())


def fields_of(model: type) -> dict[str, object]:
    """Names and types of a model's or data class's fields."""
    hints = typing.get_type_hints(model)
    names = model.model_fields if issubclass(model, BaseModel) else [f.name for f in dataclasses.fields(model)]
    return {name: hints[name] for name in names}


def reachable(roots: tuple[type, ...]) -> dict[str, type]:
    found: dict[str, type] = {}
    waiting: list[object] = list(roots)
    while waiting:
        entry = waiting.pop()
        waiting += typing.get_args(entry)
        is_record = isinstance(entry, type) and (issubclass(entry, BaseModel) or dataclasses.is_dataclass(entry))
        if is_record and entry.__name__ not in found:  # type: ignore[union-attr]
            found[entry.__name__] = entry  # type: ignore[union-attr,assignment]
            waiting += fields_of(entry).values()  # type: ignore[arg-type]
    return found


RECORDS = reachable(ROOTS)


def sections() -> dict[str, list[str]]:
    """Heading → names in the first column of its table."""
    parts = re.split(r"^### ", (DOCS / "json.md").read_text(encoding="utf-8"), flags=re.M)[1:]
    return {part.partition("\n")[0].strip(): re.findall(r"^\| `(\w+)` \|", part, flags=re.M) for part in parts}


def test_every_record_has_its_section_and_no_other_is_there() -> None:
    assert set(sections()) == set(RECORDS)


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_every_field_is_named_once(name: str) -> None:
    assert sorted(sections()[name]) == sorted(fields_of(RECORDS[name]))


def test_links_of_the_json_page_lead_somewhere() -> None:
    text = (DOCS / "json.md").read_text(encoding="utf-8")
    links = set(re.findall(r"\]\(#([\w-]+)\)", text))
    assert links <= {name.lower() for name in sections()}
    assert {name.lower() for name in sections()} <= links


def commands() -> dict[str, typing.Any]:
    return dict(get_command(cli.app).commands)  # type: ignore[attr-defined]


def test_every_command_and_option_is_on_the_page() -> None:
    text = (DOCS / "cli.md").read_text(encoding="utf-8")
    assert {name for name in commands() if f"`{name} " not in text and f"`{name}`" not in text} == set()
    options = {
        option for command in commands().values() for p in command.params for option in (*p.opts, *p.secondary_opts)
    }
    given = {option for option in options if option.startswith("--")} - {"--help"}
    assert given - set(re.findall(r"--[a-z-]+", text)) == set()
    assert set(re.findall(r"`(--[a-z-]+)", text)) - given == {"--version", "--help"}


def test_every_command_shows_an_example() -> None:
    missing = [
        name for name, command in commands().items() if not (command.epilog or "").startswith("Example: quarterdeck")
    ]
    assert missing == []


def test_shell_completion_knows_every_command() -> None:
    """As a shell asks for it: what may follow ``quarterdeck``."""
    asking = {"_QUARTERDECK_COMPLETE": "complete_bash", "COMP_WORDS": "quarterdeck re", "COMP_CWORD": "1"}
    offered = CliRunner().invoke(cli.app, prog_name="quarterdeck", env=asking).stdout.split()
    assert set(offered) == {name for name in commands() if name.startswith("re")}
