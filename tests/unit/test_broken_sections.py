"""Unit: a section of the built-in plan that cannot be read is a problem with a place, whatever else rests on it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from scenarios.errors import PlanFileError
from scenarios.loading import LIBRARY, load_plan

TEXT = (LIBRARY / "quarter" / "plan.yaml").read_text(encoding="utf-8")
SECTIONS = re.findall(r"^(\w+):", TEXT, flags=re.M)


@pytest.mark.parametrize("section", SECTIONS)
def test_no_section_that_is_no_section_ends_in_a_traceback(section: str, tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    shutil.copytree(LIBRARY / "quarter", folder)
    broken = re.sub(rf"^{section}:.*\n(?:(?:[ #].*|)\n)*", f"{section}: [oops, {{}}]\n", TEXT, count=1, flags=re.M)
    (folder / "plan.yaml").write_text(broken, encoding="utf-8")
    with pytest.raises(PlanFileError) as caught:
        load_plan(folder)
    assert any(
        problem.key.startswith(section) and problem.place.startswith("plan.yaml:") for problem in caught.value.problems
    )
