"""Unit: number formats, and that every sentence asked for is there, whole, and used."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path
from typing import get_args

import pytest

from reports.english import SENTENCES
from reports.wording import ENGLISH
from simulation.kpis import KPIS
from studies.allocation.results import RuleRow
from studies.decisions.comparing import CompareResult
from studies.decisions.worth import PlanVerdict, RiskVerdict
from studies.results import Difference

ROOT = Path(__file__).parents[2]
COMMAND_LINE = [ROOT / "cli.py", *sorted((ROOT / "commands").glob("*.py"))]
LANGUAGES = "english", "chinese"
REPORTS = sorted(path for path in (ROOT / "reports").rglob("*.py") if path.parent.name not in LANGUAGES)
SOURCES = [*COMMAND_LINE, *REPORTS]
"""Not the catalogues: a package each."""
TEMPLATES = sorted((ROOT / "reports" / "documents" / "templates").glob("*.j2"))
CHOSEN = ("bridge.", "event.", "kpi.", "parameter.", "stage.", "status.", "verdict.", "work.")
"""Prefixes of names that results bring along; a language may lack one, and the result's own label is shown."""


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (18_000_000, "18.0 M"),
        (1_349_999, "1.35 M"),
        (999_600, "1.00 M"),
        (740_000, "740 k"),
        (12_340, "12.3 k"),
        (999.4, "999"),
        (0, "0"),
        (-0.2, "0"),
        (-1_200_000, "−1.20 M"),
        (2.5e9, "2,500 M"),
    ],
)
def test_short_money_has_three_figures(amount: float, text: str) -> None:
    assert ENGLISH.short(amount) == text


def test_money_is_whole_with_separators_and_a_minus_sign() -> None:
    assert ENGLISH.money(1_350_000.4) == "1,350,000"
    assert ENGLISH.money(-1_350_000) == "−1,350,000"
    assert ENGLISH.money(-0.3) == "0"
    assert ENGLISH.signed_money(12_300) == "+12,300"
    assert ENGLISH.signed_money(-0.4) == "0"


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.476, "47.6%"), (0, "0.0%"), (1, "100.0%"), (0.0001, "<0.1%"), (0.9999, ">99.9%"), (-0.031, "−3.1%")],
)
def test_a_share_is_never_shown_as_none_or_all_when_it_is_not(share: float, text: str) -> None:
    assert ENGLISH.percent(share) == text


def test_intervals() -> None:
    assert ENGLISH.interval(0.46, 0.504, "share") == "46.0–50.4"
    assert ENGLISH.interval(15.36e6, 20.61e6, "money") == "15.4–20.6 M"
    assert ENGLISH.interval(-1200, 3400, "money") == "−1.20 to 3.40 k"
    assert ENGLISH.interval(107, 131.2, "count") == "107–131"
    assert ENGLISH.half_width(0.46, 0.504, "share") == "±2.2"
    assert ENGLISH.half_width(-86_000, 86_000, "money") == "±86.0 k"


def test_differences_show_their_sign() -> None:
    assert ENGLISH.difference(-0.174, "share") == "−17.4"
    assert ENGLISH.difference(0.02, "share") == "+2.0"
    assert ENGLISH.difference(-1_200_000, "money") == "−1.20 M"
    assert ENGLISH.difference(0, "count") == "0"


def test_a_table_has_one_unit() -> None:
    millions, thousands, ones = (ENGLISH.scale([x, 5]) for x in (18e6, 2.3e6, 900))
    assert (millions.unit, millions.of(-740_000), millions.signed(9.46e6)) == ("M", "−0.74", "+9.46")
    assert (thousands.unit, thousands.of(1_350_000)) == ("k", "1,350")
    assert (ones.unit, ones.of(900)) == ("", "900")
    assert ENGLISH.scale([]).unit == ""
    assert ENGLISH.scale([float("inf"), 20e6]).unit == "M"


def asked() -> list[tuple[str, str, set[str] | None]]:
    """Calls of ``say`` and ``count`` in the code: method, id, names of the words; None where they are not all known."""
    found = []
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if not is_call or node.func.attr not in ("say", "count") or not node.args:
                continue
            words = {keyword.arg for keyword in node.keywords if keyword.arg}
            keys = [n.value for n in ast.walk(node.args[0]) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
            exact = isinstance(node.args[0], ast.Constant) and all(keyword.arg for keyword in node.keywords)
            found += [(node.func.attr, key, words if exact else None) for key in keys]
    return found


def blanks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_sentence_asked_for_is_there_with_the_blanks_that_are_filled() -> None:
    calls = [call for call in asked() if re.fullmatch(r"[a-z_0-9]+(\.[a-z_0-9]+)+", call[1]) or call[2] is not None]
    assert len(calls) > 100
    for method, key, words in calls:
        if key.endswith((".", "_")):  # completed by the code
            continue
        names = [f"{key}.one", f"{key}.many"] if method == "count" else [key]
        for name in names:
            assert name in SENTENCES, name
            if words is not None:
                assert blanks(SENTENCES[name]) - {"n"} <= words, name
                assert words - {"n"} <= blanks(SENTENCES[name]) | ({"n"} if method == "count" else set()), name


def test_every_sentence_is_used() -> None:
    named = {key for key in SENTENCES if key.startswith((*CHOSEN, "firmness.", "compare.keep", "compare.resolve"))}
    texts = {text for source in SOURCES for text in strings(source)}
    texts |= {text for page in TEMPLATES for text in re.findall(r'say\("([^"]+)"', page.read_text(encoding="utf-8"))}
    beginnings = tuple(begun())
    named |= {key for key in SENTENCES if key.startswith(beginnings)}
    assert [key for key in SENTENCES if not {key, key.rpartition(".")[0]} & texts and key not in named] == []


def begun() -> set[str]:
    """Beginnings of ids that the code completes with a name: ``happening.`` of ``f"happening.{kind}"``."""
    found = set()
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr) and isinstance(first := node.values[0], ast.Constant):
                found.add(str(first.value))
    return {text for text in found if re.fullmatch(r"([a-z_0-9]+\.)+", text)}


def test_names_that_results_bring_along_are_there() -> None:
    verdicts = {*get_args(Difference.model_fields["verdict"].annotation)}
    verdicts |= {*get_args(PlanVerdict), *get_args(RiskVerdict)}
    wanted = {f"kpi.{kpi}" for kpi in KPIS}
    wanted |= {f"verdict.{verdict}" for verdict in verdicts}
    wanted |= {f"status.{status}" for status in get_args(RuleRow.model_fields["status"].annotation)}
    wanted |= {f"firmness.{firmness}" for firmness in get_args(RuleRow.model_fields["firmness"].annotation)}
    wanted |= {f"compare.{decide}" for decide in get_args(CompareResult.model_fields["allocation"].annotation)}
    assert wanted - set(SENTENCES) == set()


def test_no_sentence_stands_in_a_page() -> None:
    """Text of four words or more belongs into the catalogue."""
    sentence = re.compile(r"([A-Za-z]{2,} ){3,}")
    for source in SOURCES:
        if source not in COMMAND_LINE:
            assert [text for text in strings(source) if sentence.search(text)] == [], source.name


def strings(source: Path) -> list[str]:
    """String constants of a module, docstrings aside."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docstrings]
    return [node.value for node in constants if isinstance(node.value, str)]
