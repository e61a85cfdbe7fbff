"""Options that go together: a command takes a bundle as one parameter, the command line shows each of its options."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from commands.arguments import (
    RUNS,
    AllocationFile,
    Cluster,
    Force,
    Jobs,
    Json,
    MaxTime,
    Out,
    Precision,
    Replications,
    Risks,
    Scenarios,
    Seed,
    Settings,
)
from commands.asking import Options, computed_by, request_of
from commands.language import InLanguage, wording

if TYPE_CHECKING:
    from reports.wording import Wording
    from studies.answering import Outcome
    from studies.study import Inputs

__all__ = ["Changed", "Computers", "Page", "Quarter", "Sample", "Screen", "command"]


@dataclass(frozen=True)
class Changed:
    """What is changed in the plan."""

    scenario: Scenarios = None
    setting: Settings = None

    @property
    def options(self) -> Options:
        """What a request holds of it."""
        return {"scenarios": self.scenario, "settings": self.setting}

    def inputs(self, plan: str, allocation: Path | None = None) -> Inputs:
        """The plan with its changes, for what is answered and not saved as a run."""
        from studies.answering import read_inputs

        return read_inputs(request_of("allocate", plan, {**self.options, "allocation": allocation}))


@dataclass(frozen=True)
class Computers:
    """Who computes: processes of this computer or a cluster."""

    jobs: Jobs = None
    cluster: Cluster = None

    @property
    def options(self) -> Options:
        """What a request holds of it."""
        return computed_by(self.jobs, self.cluster)


@dataclass(frozen=True)
class Quarter(Changed):
    """The quarter that is simulated: plan with changes, allocation, what may strike, which futures."""

    allocation_file: AllocationFile = None
    risks: Risks = None
    force: Force = None
    seed: Seed = 1
    jobs: Jobs = None
    cluster: Cluster = None

    def request(self, study: str, plan: str, **more: object) -> Any:
        """The study's request, with options of its own."""
        own: Options = {"allocation": self.allocation_file, "risks": self.risks, "forced": self.force}
        own |= {"seed": self.seed, **computed_by(self.jobs, self.cluster)}
        return request_of(study, plan, self.options | own | more)


@dataclass(frozen=True)
class Sample:
    """How many quarters are simulated; a command's default of it says how many without the option."""

    replications: Replications = 500
    precision: Precision = None
    max_time: MaxTime = None

    @property
    def options(self) -> Options:
        """What a request holds of it."""
        return {"replications": self.replications, "precision": self.precision, "max_minutes": self.max_time}


@dataclass(frozen=True)
class Screen:
    """How an answer is shown."""

    json: Json = False
    language: InLanguage = None

    @property
    def words(self) -> Wording:
        """What the language says."""
        return wording(self.language)


@dataclass(frozen=True)
class Page(Screen):
    """How an answer is shown, and where its run is saved."""

    out: Out = RUNS

    def answer(self, request: Any, require: list[str] | None = None) -> Outcome:
        """Answer a request, save the run, show it."""
        from reports.session import answer_request

        return answer_request(request, self.out, self.json, require or (), self.words)


def command(commands: typer.Typer, example: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a command with an example for its help; parameters that are bundles become their options."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(function, eval_str=True)
        bundles: dict[str, Any] = {
            name: p.annotation for name, p in signature.parameters.items() if is_dataclass(p.annotation)
        }
        parameters = [
            one.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            for name, parameter in signature.parameters.items()
            for one in (_options(bundles[name], parameter.default) if name in bundles else [parameter])
        ]

        def unpacked(**values: Any) -> None:
            for name, bundle in bundles.items():
                values[name] = bundle(**{field.name: values.pop(field.name) for field in fields(bundle)})
            function(**values)

        shown: Any = wraps(function)(unpacked)  # a function whose signature may be set, which has no type
        shown.__signature__ = signature.replace(parameters=parameters)
        shown.__annotations__ = {one.name: one.annotation for one in parameters}
        commands.command(epilog=f"Example: {example}")(shown)
        return function

    return register


def _options(bundle: Any, default: object) -> list[inspect.Parameter]:
    """A bundle's options, those of a default bundle as it has them."""
    options = list(inspect.signature(bundle, eval_str=True).parameters.values())
    if default is inspect.Parameter.empty:
        return options
    return [option.replace(default=getattr(default, option.name)) for option in options]
