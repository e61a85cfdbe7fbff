"""The manifest of a run: what determined it, and when and with what it was computed."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, SerializeAsAny

from scenarios.errors import UsageError
from studies.precision import PrecisionRow
from studies.registry import read_request
from studies.requests import Request
from studies.results import Change, Record
from studies.saved.versions import versions
from studies.study import Inputs

__all__ = ["Manifest", "manifest_of", "read_manifest"]

FORMAT = 5
"""Version of the run folder; another one is refused."""


def _request(found: object) -> object:
    """The request of the study that it names."""
    return read_request(found) if isinstance(found, dict) else found


class Manifest(Record):
    """What determined a run, and when and with what it was computed."""

    format: int
    request: Annotated[SerializeAsAny[Request], BeforeValidator(_request)]
    plan: str
    started: AwareDatetime
    seconds: float
    versions: dict[str, str]
    files: dict[str, str]
    """File name → SHA-256."""
    changes: tuple[Change, ...]
    to_changes: tuple[Change, ...]
    headline: str
    solver: str
    precision: PrecisionRow | None = None
    """How the number of replications came about, where a precision was asked for."""


def manifest_of(request: Request, inputs: Inputs, started: dt.datetime) -> Manifest:
    """The manifest of a run that has begun; what only the answer says is blank."""
    return Manifest(
        format=FORMAT,
        request=request,
        plan=inputs.plan.name,
        started=started,
        seconds=0.0,
        versions=versions(),
        files=dict(inputs.files),
        changes=inputs.changes,
        to_changes=inputs.to_changes,
        headline="",
        solver="",
    )


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a run folder; UsageError when it is none, damaged or of a newer version."""
    path = folder / "manifest.json"
    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text).get("format")
        if isinstance(found, int) and found > FORMAT:
            raise UsageError(f"{folder.name} was saved by a newer version (format {found}; this one reads {FORMAT})")
        if isinstance(found, int) and 0 < found < FORMAT:
            raise UsageError(f"{folder.name} was saved by an older version (format {found}; this one reads {FORMAT})")
        return Manifest.model_validate_json(text)
    except FileNotFoundError:
        raise UsageError(f"{folder} is no saved run: it has no manifest.json") from None
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise UsageError(f"{folder.name} is damaged: manifest.json cannot be read ({type(error).__name__})") from error
