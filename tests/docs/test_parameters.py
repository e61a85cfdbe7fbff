"""Docs: the page of parameters is what is generated from the registry and the built-in plan."""

from __future__ import annotations

import re

from reports.reference import BASES, PAGE, parameters_page
from reports.wording import ENGLISH
from scenarios.effects import EVENTS, PARAMETERS
from scenarios.loading import load_plan


def test_the_page_is_what_is_generated() -> None:
    """To renew it: python -m reports.reference."""
    assert PAGE.read_text(encoding="utf-8") == parameters_page(load_plan("quarter").plan, ENGLISH)


def test_every_parameter_and_event_is_there_with_figures_of_the_plan() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"^## `(\w+)`", text, flags=re.M) == sorted(PARAMETERS)
    assert re.findall(r"^\| `(\w+)` \|", text, flags=re.M) == list(EVENTS)
    assert set(BASES) == set(PARAMETERS)
    assert "None" not in text
