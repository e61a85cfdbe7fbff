"""Unit: both languages say the same things, and a planner is spoken to in the right one."""

from __future__ import annotations

import ast
import datetime as dt
import io
import re
import string
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import get_type_hints

import pytest
from rich.cells import cell_len
from rich.console import Console

from optimizer import allocate, repairs
from optimizer.findings import SENTENCES as SENTENCES_OF_ALLOCATIONS
from reports import chinese, english
from reports.chinese.built_in_plan import TEXTS
from reports.languages import LANGUAGES, VARIABLE, wording_for
from reports.pages.run import page_of
from reports.specs import Page, Table
from reports.terminal import show
from reports.translating import problem_text, translated
from reports.wording import CHINESE, ENGLISH
from scenarios.checks import SENTENCES
from scenarios.crm import import_crm
from scenarios.effects import PARAMETERS
from scenarios.errors import NoFeasibleAllocation, Problem, UsageError
from scenarios.loading import load_plan
from scenarios.references import _KIND_OF_FIELD, _KIND_OF_TIER
from studies.decisions.reaching import LeverGain
from studies.decisions.valuing import ValueRow
from studies.decisions.warning import ActingRow
from studies.results import Difference
from studies.saved.unfinished import nothing_yet
from tests.cli import samples

ROOT = Path(__file__).parents[2]
LETTERS = re.compile(r"[\u4e00-\u9fff]")
ALIKE = {
    "column.name",
    "column.kpi",
    "reference.events_head",
    "group.rule",
    "run.title",
    "options.moved",
    "rules.rule",
    "import.range",
    "request.default",
}
"""Ids whose sentence holds no word, or is read by code."""


def test_every_sentence_is_there_in_both_languages() -> None:
    """There is no singular in Chinese; and only Chinese has names for currencies and for the fields of a plan."""
    wanted = {key for key in english.SENTENCES if not key.endswith(".one")}
    found = {key for key in chinese.SENTENCES if not key.startswith(("currency.", "field."))}
    assert sorted(wanted - found) == [], "not translated"
    assert sorted(found - wanted) == [], "translated, and no longer said"


def test_both_languages_fill_in_the_same_blanks() -> None:
    differing = {
        key: (sentence, chinese.SENTENCES[key])
        for key, sentence in english.SENTENCES.items()
        if key in chinese.SENTENCES and blanks(sentence) != blanks(chinese.SENTENCES[key])
    }
    assert differing == {}


def blanks(sentence: str) -> set[str | None]:
    return {field for _, field, _, _ in string.Formatter().parse(sentence) if field is not None}


def test_chinese_is_written_in_chinese() -> None:
    """In Chinese letters, with full-width punctuation between them, no traditional units, no wrong term."""
    for key, sentence in chinese.SENTENCES.items():
        bare = "".join(text for text, *_ in string.Formatter().parse(sentence))
        if any(letter.isalpha() for letter in bare) and key not in ALIKE:
            assert LETTERS.search(bare) or re.fullmatch(r"[\W\dA-Z−]+", bare), key
        if key in ALIKE:
            continue
        assert not re.search(r"[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]", bare), f"{key}: half-width: {bare}"
        for wrong in ("萬", "億", "配额", "场景", "管道", "措施"):  # words that the glossary refuses
            assert wrong not in bare, key


@pytest.mark.parametrize(
    ("asked", "environment", "language"),
    [
        (None, {}, "en"),
        ("zh", {VARIABLE: "en", "LANG": "de_DE.UTF-8"}, "zh"),
        (None, {VARIABLE: "zh"}, "zh"),
        (None, {"LANG": "zh_CN.UTF-8"}, "zh"),
        (None, {"LC_ALL": "en_GB.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        (None, {"LC_ALL": "", "LC_MESSAGES": "zh_TW", "LANG": "en_US"}, "zh"),
        (None, {"LANG": "C.UTF-8"}, "en"),
    ],
)
def test_the_language_is_asked_for_or_that_of_the_computer(
    asked: str | None, environment: Mapping[str, str], language: str
) -> None:
    assert wording_for(asked, environment).code == language


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UsageError, match="QUARTERDECK_LANGUAGE=fr: there is no such language; there are en, zh"):
        wording_for(None, {VARIABLE: "fr"})


def test_money_in_chinese_counts_in_ten_thousands() -> None:
    assert CHINESE.short_in(18_000_000, "CNY") == "1,800万元"
    assert CHINESE.short(180_000_000) == "1.80亿"
    assert CHINESE.short(1_349_999) == "135万"
    assert CHINESE.short(9_400) == "9,400"
    assert CHINESE.interval(15.36e6, 20.61e6, "money") == "1,536–2,061万"
    assert CHINESE.interval(-12_000, 34_000, "money") == "−1.20至3.40万"
    table = CHINESE.scale([18e6, 5])
    assert (CHINESE.unit_of(table, "CNY"), table.of(1_350_000), table.signed(-740_000)) == ("万元", "135.0", "−74.0")
    assert CHINESE.unit_of(CHINESE.scale([900]), "XAU") == "XAU"
    small = CHINESE.scale([57_250, 7_283])
    assert (small.unit, small.of(57_250), small.signed(7_283)) == ("万", "5.7", "+0.7"), "as k in English"
    assert ENGLISH.scale([57_250]).unit == "k"
    assert CHINESE.listed(["a", "b"]) == "a、b"
    assert CHINESE.count("changes.more", 1) == "另有 1 项，见 --json"


@pytest.mark.parametrize("study", ["allocation", "simulation", "comparison", "stress", "run"])
def test_a_page_in_chinese_says_no_english(study: str) -> None:
    """Ids, names and what a plan's author wrote stay as they are; headings and sentences do not."""
    result = getattr(samples, study)()
    in_english = {line for line in texts(page_of(result, ENGLISH)) if re.search(r"[a-z]{2,} [a-z]{2,}", line)}
    assert in_english
    names = {samples.allocation().plan}
    assert (in_english - names) & set(texts(page_of(result, CHINESE))) == set()


def texts(page: Page) -> list[str]:
    """Headings, notes and sentences of a page: what is ours to say."""
    found = []
    for block in page.blocks:
        if isinstance(block, Table):
            found += [block.title, *block.notes, *(column.heading for column in block.columns)]
        else:
            found.append(getattr(block, "text", ""))
    return [text for text in found if text]


@pytest.mark.parametrize("study", ["allocation", "simulation", "comparison", "stress", "run"])
def test_chinese_tables_fit_80_columns(study: str) -> None:
    text = io.StringIO()
    show(page_of(getattr(samples, study)(), CHINESE), CHINESE, Console(file=text, width=80, markup=False))
    assert max(cell_len(line) for line in text.getvalue().splitlines()) <= 80


def test_every_language_has_its_code() -> None:
    assert {code: words.code for code, words in LANGUAGES.items()} == {"en": "en", "zh": "zh"}


def test_messages_of_lower_rooms_are_said_in_chinese() -> None:
    assert translated("Switched off and not kept: T5-high, T5-low.", CHINESE) == "已关闭、不再遵守：T5-high, T5-low。"
    assert translated("must be at most 1, is 7", CHINESE) == "必须不大于 1，现为 7"
    assert translated("abc is not a whole number", CHINESE) == "abc 不是整数", "a sentence inside a sentence"
    assert translated("something else entirely", CHINESE) == "something else entirely"
    assert translated("must be at most 1, is 7", ENGLISH) == "must be at most 1, is 7"


def test_messages_fill_in_the_same_blanks() -> None:
    assert {key for key, text in CHINESE.messages.items() if blanks(text) != blanks(key)} == set()
    assert not set(CHINESE.messages) & set(ENGLISH.messages)


def test_every_message_that_has_a_chinese_one_is_still_said() -> None:
    """A sentence of the lower rooms, blanks left open, is one of their string constants."""
    defaults = (ROOT / "scenarios" / "library" / "crm" / "assumed.yaml").read_text(encoding="utf-8")
    kinds = (f"there is no {kind}" for kind in (*_KIND_OF_FIELD.values(), *_KIND_OF_TIER.values()))
    built_in = (ROOT / "scenarios" / "library" / "quarter" / "plan.yaml").read_text(encoding="utf-8")
    ways = (("rise", "raise"), ("fall", "lower"))
    moves = (t.replace("{verb}", a).replace("{Verb}", b) for t in repairs.SENTENCES.values() for a, b in ways)
    said = " ".join([*constants(), *kinds, *moves, defaults, " ".join(built_in.split())])
    for message in (*CHINESE.messages, *TEXTS):
        pieces = [piece.strip(" ,;:().") for piece in re.split(r"\{\w+\}", message)]
        longest = max(pieces, key=len)
        assert longest in said, message


@cache
def constants() -> list[str]:
    sources = [
        path
        for room in ("scenarios", "optimizer", "simulation", "studies", "commands")
        for path in (ROOT / room).rglob("*.py")
    ]
    nodes = (node for source in sources for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))))
    texts = (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [" ".join(re.sub(r"\{\w+:[^}]*\}", "", text).replace("``", "").split()) for text in texts]


def test_what_an_import_says_is_translated(tmp_path: Path) -> None:
    """Remarks, what was left out and why, what figures rest on; of a small export as of two days."""
    for day in (dt.date(2017, 5, 15), dt.date(2017, 7, 1)):
        report = import_crm(Path(__file__).parents[1] / "data" / "crm_small", day, tmp_path / str(day))
        texts = [*report.warnings, *(item.what for item in report.unused), *(item.reason for item in report.unused)]
        texts += [*(figure.basis for figure in report.estimates), *(figure.source for figure in report.assumed)]
        said = {text: translated(text, CHINESE) for text in texts}
        assert {text for text, chinese in said.items() if not LETTERS.search(chinese)} == set()
        english = re.compile(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}")  # a sentence that a blank has swallowed
        assert {text for text, chinese in said.items() if english.search(chinese)} == set()


REFUSING = {"BadParameter", "UsageError", "Problem", "problem_at", "refuse", "Unclear", "NotApplied"}
"""What is called with a sentence that a planner reads."""
HANDING_ON = ("consistency.py", "validation.py", "texts.py", "references.py", "nodes.py", "cells.py", "workbooks.py")
"""Modules whose functions hand a sentence on to who refuses: in what they return or yield."""


def refusals() -> Iterator[tuple[str, str]]:
    """Sentences with which commands and the lower rooms refuse, blanks filled with a figure, and where they stand."""
    for room in ("scenarios", "optimizer", "simulation", "studies", "commands"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                for argument in sentences_in(node, path.name):
                    yield from ((text, f"{path.name}:{node.lineno}") for text in filled(argument))


def sentences_in(node: ast.AST, module: str) -> list[ast.expr]:
    """Expressions that may be such a sentence."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in REFUSING:
        return node.args
    if isinstance(node, ast.Return | ast.Yield) and node.value is not None and module in HANDING_ON:
        return node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
    return []


def filled(node: ast.expr) -> Iterator[str]:
    """A text of the source, or each of the two that a condition chooses from."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values)
    elif isinstance(node, ast.IfExp):
        yield from (text for way in (node.body, node.orelse) for text in filled(way))


def test_every_refusal_is_said_in_chinese() -> None:
    """To mend it: its Chinese belongs into reports/chinese/refusals.py."""
    sentences = {text: place for text, place in refusals() if re.search(r"[a-z]{2,} [a-z]{2,}", text)}
    assert len(sentences) > 200
    said = {text: translated(text, CHINESE).replace("pip install distributed", "") for text in sentences}
    english = {text: sentences[text] for text, chinese in said.items() if not LETTERS.search(chinese)}
    assert english == {}
    # A pattern as wide as "there is no …" says the beginning in Chinese and swallows the rest.
    half = {text: chinese for text, chinese in said.items() if re.search(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}", chinese)}
    assert half == {}


def test_what_is_named_that_is_not_there_is_said_in_chinese_by_its_kind() -> None:
    """A pattern as wide as "there is no {kind} {value}" takes the first word of a kind for the whole of it."""
    for kind in sorted({*_KIND_OF_FIELD.values(), *_KIND_OF_TIER.values()}):
        said = translated(f"there is no {kind} X9", CHINESE)
        assert said.endswith("X9")
        assert LETTERS.search(said.removeprefix("没有")), kind
        assert not re.search("[a-z]{4,}", said), kind
    assert translated("Write 400000.", CHINESE) == "请写 400000。"
    assert translated("there is no price_war in scenarios", CHINESE) == "scenarios 中没有 price_war"


def test_what_contradicts_itself_and_what_would_help_is_said_in_chinese() -> None:
    """Line by line: the sentence of a rule is its author's, the rest is ours."""
    figures = {"about": "T1 (top)", "verb": "rise", "Verb": "raise", "id": "T1", "figures": "east 7", "gap": 7}
    figures |= {"now": 7.0, "then": 8.0, "difference": 7.0, "hours": 7.0}
    kinds = [*repairs.SENTENCES.values(), *repairs.LOOSENED.values(), repairs.FITTED]
    lines = [text.format(**figures) for text in kinds]
    lines += [text.format(**{**figures, "verb": "fall", "Verb": "lower"}) for text in repairs.SENTENCES.values()]
    for line in lines:
        assert LETTERS.search(translated(line, CHINESE)), line
        assert not re.search(r"[a-z]{2,} [a-z]{2,}", translated(line, CHINESE)), line
    plan = load_plan("quarter", settings=["rules.T1-star.ratio=0.75"]).plan
    with pytest.raises(NoFeasibleAllocation) as caught:
        allocate(plan)
    said = translated(str(caught.value), CHINESE).split("\n")
    assert said[0] == "以下各项不能同时满足；去掉其中任意一项，其余即可满足："
    assert "- T1-star: 明星产品占全部销售指标的 75%。" in said
    assert "1. 把 T1-potential 从 30% 降低到 25%" in said
    assert not any(re.search(r"[a-z]{2,} [a-z]{2,}", line) for line in said)


def test_every_finding_is_translated() -> None:
    """Of each kind, with figures filled in as the check fills them in."""
    for sentence in (SENTENCES | SENTENCES_OF_ALLOCATIONS).values():
        fields = {str(name): 7 if spec else "R1" for _, name, spec, _ in string.Formatter().parse(sentence) if name}
        assert LETTERS.search(translated(sentence.format(**fields), CHINESE)), sentence


def test_problems_of_plan_files_are_said_in_chinese() -> None:
    problem = Problem("plan.yaml:14", "products.S1.margin", "must be at most 1, is 7")
    assert problem_text(problem, CHINESE) == "plan.yaml:14 products.S1.margin：必须不大于 1，现为 7"
    assert problem_text(problem, ENGLISH) == str(problem)
    unknown = Problem("plan.yaml:3", "traget", "unknown key", "Did you mean target?")
    assert problem_text(unknown, CHINESE) == "plan.yaml:3 traget：未知的键。是否应为 target？"


def test_every_verdict_has_a_name_in_both_languages() -> None:
    """Where there is none, the page would show the study's own English word."""
    typed = [get_type_hints(row)["verdict"] for row in (ActingRow, Difference, LeverGain, ValueRow)]
    verdicts = {word for hint in typed for word in re.findall(r"'([\w ]+)'", str(hint))}
    assert {"better", "buy", "does not matter", "helps", "never triggered"} <= verdicts
    verdicts |= {"hurts", "helps", "harmless", "never struck"}
    for sentences in (english.SENTENCES, chinese.SENTENCES):
        assert {word for word in verdicts if f"verdict.{word}" not in sentences} == set()


def test_every_parameter_has_a_name_in_both_languages() -> None:
    """A trace says what nobody knew by the names of the parameters that it moved."""
    for sentences in (english.SENTENCES, chinese.SENTENCES):
        assert {name for name in PARAMETERS if f"parameter.{name}" not in sentences} == set()


def test_steps_of_a_study_are_said_in_chinese() -> None:
    assert translated("all risks, no plan", CHINESE) == "全部风险，无应急预案"
    assert translated("K1 at 0.5 times its rate, with K1-answer", CHINESE) == "K1 的发生率为 0.5 倍，有 K1-answer"
    assert translated("with K4-rebuild and K5-handover", CHINESE) == "有 K4-rebuild 和 K5-handover"
    assert translated("customer_tiers.A.win_rate low", CHINESE) == "customer_tiers.A.win_rate low", "an id, as it is"


def test_a_run_of_which_nothing_can_be_shown_is_said_in_chinese() -> None:
    said = translated(nothing_yet("20270628-093000-run.unfinished"), CHINESE)
    assert said.startswith("20270628-093000-run.unfinished 尚未完成")
    assert said.endswith("quarterdeck run --resume 20270628-093000-run.unfinished")
