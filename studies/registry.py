"""The studies that can be asked for by a request, saved as a run, shown, repeated and listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenarios.errors import UsageError
from studies import main_job, simulating
from studies.allocation import allocating
from studies.backtest import study as backtest
from studies.decisions import (
    comparing,
    over_assigning,
    reaching,
    recommending,
    rounds,
    selecting,
    sensitivity,
    stressing,
    trial_design,
    valuing,
    warning,
)
from studies.requests import Request
from studies.study import Study

__all__ = ["STUDIES", "read_request"]

STUDIES: dict[str, Study] = {
    study.name: study
    for study in (
        main_job.STUDY,
        allocating.STUDY,
        simulating.STUDY,
        comparing.STUDY,
        stressing.STUDY,
        valuing.STUDY,
        backtest.STUDY,
        selecting.STUDY,
        recommending.STUDY,
        sensitivity.STUDY,
        reaching.STUDY,
        over_assigning.STUDY,
        rounds.STUDY,
        warning.STUDY,
        trial_design.STUDY,
    )
}
"""By the name that a request gives."""


def read_request(fields: Mapping[str, Any]) -> Request:
    """The request that these fields make; UsageError where there is no such study, ValidationError for its fields."""
    study = STUDIES.get(str(fields.get("study")))
    if study is None:
        raise UsageError(f"there is no study {fields.get('study')}; there are: {', '.join(STUDIES)}")
    return study.request.model_validate(fields)
