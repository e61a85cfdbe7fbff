"""What an import writes into a plan in its own words, said in the planner's language.

Only its own: names of reps, products, stages and accounts are the export's.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from ruamel.yaml.comments import CommentedMap

from scenarios.crm.writing import Row

__all__ = ["Say", "told_rows", "told_settings", "told_yaml"]

Say: TypeAlias = Callable[[str], str]
"""A sentence in English → in the planner's language; as it is where there is none."""
OWN_WORDS = frozenset(("name", "source", "sentence"))
OWN_SECTIONS = (
    "customer_tiers",
    "maturities",
    "rules",
    "measures",
    "risks",
    "contingency_plans",
    "uncertainty",
    "assumptions",
)
_COMMENT = re.compile(r"(^|(?<=\s))# (.+)$", re.MULTILINE)


def told_settings(settings: CommentedMap, say: Say) -> CommentedMap:
    """plan.yaml with what the import called things and where figures come from."""
    told = copy.deepcopy(settings)
    for key in ("name", "description", "base_period"):
        told[key] = say(told[key])
    for section in ("product_tiers", "rep_tiers"):
        for key in told[section]:
            told[section][key] = say(told[section][key])
    for section in OWN_SECTIONS:
        _tell(told.get(section, ()), say)
    return told


def _tell(node: Any, say: Say) -> None:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in OWN_WORDS and isinstance(value, str):
                node[key] = say(value)
            else:
                _tell(value, say)
    elif isinstance(node, list | tuple):
        for value in node:
            _tell(value, say)


def told_yaml(text: str, say: Say) -> str:
    """The remarks of a file; of "云平台: mean of 163 deals" the remark is behind the colon."""

    def remark(match: re.Match[str]) -> str:
        said = say(match[2])
        head, colon, tail = match[2].partition(": ")
        if said == match[2] and colon:
            said = f"{head}{colon}{say(tail)}"
        return f"{match[1]}# {said}"

    return _COMMENT.sub(remark, text)


def told_rows(rows: Sequence[Row], say: Say) -> list[Row]:
    """A table, of which only the performance of a rep is in our words."""
    return [{**row, "performance": say(row["performance"])} if row.get("performance") else row for row in rows]
