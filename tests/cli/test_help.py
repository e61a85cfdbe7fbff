"""CLI: help in both languages, and the page of all commands that is generated from it."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

import cli
from commands.chinese import HELP
from commands.helping import wants_chinese
from tests.cli.reference import PAGE, commands_page

LETTERS = re.compile(r"[\u4e00-\u9fff]")


def said() -> dict[str, str]:
    """Every text of help → whose it is."""
    program: Any = get_command(cli.app)
    context = program.make_context("quarterdeck", ["runs"], resilient_parsing=True)
    found = {program.help: "quarterdeck"}
    found |= {parameter.help: f"quarterdeck {parameter.opts[0]}" for parameter in program.get_params(context)}
    for name, command in program.commands.items():
        found[command.help] = name
        found |= {parameter.help: f"{name} {parameter.opts[0]}" for parameter in command.get_params(context)}
    return found


def test_every_command_argument_and_option_says_what_it_is() -> None:
    assert [whose for text, whose in said().items() if not text] == []


def test_every_text_of_help_has_a_chinese_one_and_no_other_is_there() -> None:
    assert {text: whose for text, whose in said().items() if text not in HELP} == {}, "not translated"
    assert sorted(set(HELP) - set(said())) == [], "translated, and no longer said"


def test_chinese_is_written_in_chinese() -> None:
    for english, chinese in HELP.items():
        assert LETTERS.search(chinese) or (not LETTERS.search(english) and "=" in english), english
        assert not re.search(r"[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]", chinese), chinese
        options = set(re.findall(r"--[a-z-]+", english))
        assert options == set(re.findall(r"--[a-z-]+", chinese)), english
        for wrong in ("萬", "億", "配额", "场景", "管道", "措施"):
            assert wrong not in chinese, english


@pytest.mark.parametrize(
    ("arguments", "environment", "is_chinese"),
    [
        (["run", "--help"], {}, False),
        (["run", "--help", "--language", "zh"], {}, True),
        (["--language=zh", "run", "--help"], {}, True),
        (["run", "--help", "--language", "en"], {"QUARTERDECK_LANGUAGE": "zh"}, False),
        (["run", "--help"], {"QUARTERDECK_LANGUAGE": "zh"}, True),
        ([], {"LANG": "zh_CN.UTF-8"}, True),
        (["run", "--help"], {"QUARTERDECK_LANGUAGE": "fr"}, False),
        (["run", "quarter", "--language", "zh"], {}, False),
        (["run", "--help", "--language"], {}, False),
    ],
)
def test_help_is_in_the_language_asked_for(
    arguments: list[str], environment: dict[str, str], is_chinese: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("QUARTERDECK_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert wants_chinese(arguments) is is_chinese


def test_help_is_shown_in_chinese_and_then_in_english_again() -> None:
    chinese = CliRunner().invoke(cli.app, ["run", "--help", "--language", "zh"])
    assert chinese.exit_code == 0
    for text in ("选项", "参数", "对计划做目标分解、模拟和压力测试。", "示例：quarterdeck run", "模拟次数"):
        assert text in chinese.stdout
    every = CliRunner().invoke(cli.app, ["--language", "zh", "--help"]).stdout
    assert "命令" in every
    assert "列出运行记录" in every
    english = CliRunner().invoke(cli.app, ["run", "--help"], env={"QUARTERDECK_LANGUAGE": "en"}).stdout
    assert "Allocate, simulate and stress-test a plan." in english
    assert not LETTERS.search(english)


def test_typer_s_own_words_are_chinese_too_and_then_english_again() -> None:
    words = {"Usage": "用法：", "[OPTIONS]": "[选项]", "[default: 500]": "[默认：500]", "[required]": "[必填]"}
    chinese = CliRunner().invoke(cli.app, ["simulate", "--help", "--language", "zh"]).stdout
    english = CliRunner().invoke(cli.app, ["simulate", "--help", "--language", "en"]).stdout
    for word, translation in words.items():
        assert (word in chinese, translation in chinese) == (False, True), word
        assert (word in english, translation in english) == (True, False), word
    every = CliRunner().invoke(cli.app, ["--help", "--language", "zh"]).stdout
    assert re.search(r"用法：\S+ \[选项\] 命令 \[参数\]\.\.\.", every)
    assert "COMMAND" in CliRunner().invoke(cli.app, ["--help", "--language", "en"]).stdout


@pytest.mark.parametrize("command", ["", *sorted(get_command(cli.app).commands)])  # type: ignore[attr-defined]
def test_nothing_of_chinese_help_is_cut_off_at_80_columns(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text without blanks goes on in the next line."""
    monkeypatch.setenv("COLUMNS", "80")
    shown = CliRunner().invoke(cli.app, [*filter(None, [command]), "--help", "--language", "zh"]).stdout
    assert LETTERS.search(shown)
    assert "…" not in shown


def test_a_language_before_the_command_holds_for_it() -> None:
    answered = CliRunner().invoke(cli.app, ["--language", "zh", "check", "quarter"])
    assert answered.exit_code == 0
    assert LETTERS.search(answered.stdout)
    failed = CliRunner().invoke(cli.app, ["--language", "zh", "check", "no-such-plan"])
    assert failed.exit_code == 3
    assert LETTERS.search(failed.stderr)


def test_wrong_usage_is_said_in_the_language_of_the_command() -> None:
    for arguments in (["--language", "zh", "export", "latest"], ["export", "latest", "--language", "zh"]):
        refused = CliRunner().invoke(cli.app, arguments)
        assert refused.exit_code == 2
        assert "请给出 --excel FILE.xlsx、--pptx FILE.pptx，或两者" in refused.stderr
    english = CliRunner().invoke(cli.app, ["export", "latest", "--language", "en"])
    assert "give --excel FILE.xlsx, --pptx FILE.pptx or both" in english.stderr


def test_help_needs_no_catalogue() -> None:
    """So that it answers at once: what is imported for it is the command line alone, and in Chinese its own page."""
    program = "import sys, cli; from commands.helping import in_chinese; import commands.chinese; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    ours = {name for name in loaded.stdout.split() if name.partition(".")[0] in ("reports", "studies", "scenarios")}
    assert ours == {"reports", "reports.locales"}


def test_the_page_of_all_commands_is_what_is_generated() -> None:
    """To renew it: python -m tests.cli.reference."""
    assert PAGE.read_text(encoding="utf-8") == commands_page(get_command(cli.app))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ("run", "quarter", "--replicatons", "5"),
            "没有选项 --replicatons；相近的有：--plans, --repeat, --replications",
        ),
        (("run", "quarter", "--replications", "abc"), "'--replications' 的值无效：应为整数"),
        (("run", "quarter", "--replications", "1"), "'--replications' 的值无效：应不小于 2"),
        (("run", "quarter", "--seed"), "选项 '--seed' 后应给出值"),
        (("rnu", "quarter"), "没有命令 'rnu'。是否应为 'run'？"),
        (("sweep", "quarter"), "缺少参数 'PATH=FROM..TO'"),
        (("check", "quarter", "more"), "多余的参数：more"),
        (("select", "quarter", "--criterion", "x"), "'--criterion' 的值无效：'x' 不在可选值之内："),
        (("reach", "quarter"), "请给出 --contribution 或 --chance 之一"),
    ],
)
def test_wrong_usage_is_said_in_chinese(arguments: tuple[str, ...], says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDECK_LANGUAGE", "zh")
    result = CliRunner().invoke(cli.app, list(arguments))
    assert result.exit_code == 2
    assert says in result.stderr
    assert not re.search(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}", result.stderr.replace("quarterdeck run", "")), result.stderr
