"""Commands on plans: make, check, import."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.arguments import PlanName
from commands.bundles import Changed, Screen, command
from commands.language import InLanguage, wording

if TYPE_CHECKING:
    from reports.wording import Wording

commands = typer.Typer()


@commands.command(epilog="Example: quarterdeck new my-quarter")
def new(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Folder to make.")] = None,
    source: Annotated[str, typer.Option("--from", metavar="PLAN", help="Plan to copy.")] = "quarter",
    excel: Annotated[Path | None, typer.Option(metavar="FILE.xlsx", help="Make a workbook instead.")] = None,
    mapping: Annotated[
        str | None, typer.Option(metavar="PRESET", help="Copy the mapping of a CRM export instead: salesforce.")
    ] = None,
    language: InLanguage = None,
) -> None:
    """Copy a built-in plan as a folder, any plan as an Excel workbook, or a mapping as a file, to be edited."""
    from scenarios.errors import UsageError

    words = wording(language)
    if (name is None) == (excel is None):
        raise UsageError(words.say("new.one_of"))
    if mapping is not None:
        if name is None or source != "quarter":
            raise UsageError(words.say("new.mapping_alone"))
        _new_mapping(Path(name), mapping, words)
    elif excel is not None:
        _new_workbook(excel, source, words)
    elif name is not None:
        _new_folder(Path(name), source, words)


def _new_workbook(path: Path, source: str, words: Wording) -> None:
    from reports.files import WORKBOOK, write_new
    from reports.messages import say
    from reports.workbooks.plan_language import plan_in_language
    from reports.workbooks.plan_workbook import plan_workbook
    from scenarios.loading import builtin_plans, load_plan

    plan = load_plan(source).plan
    if source in builtin_plans() and not Path(source).exists():
        plan = plan_in_language(plan, words)
    write_new(path, plan_workbook(plan, words), WORKBOOK, words)
    say(words.say("new.done_excel", path=path, name=source))


def _new_mapping(path: Path, preset: str, words: Wording) -> None:
    from reports.files import MAPPING, write_new
    from reports.messages import say
    from scenarios.crm.mapping import preset_copy

    path = path if path.suffix == MAPPING else path.with_name(f"{path.name}{MAPPING}")
    write_new(path, preset_copy(preset, path.stem).encode(), MAPPING, words)
    say(words.say("new.done_mapping", path=path, name=preset))


def _new_folder(folder: Path, source: str, words: Wording) -> None:
    import shutil

    from reports.messages import say
    from scenarios.errors import UsageError
    from scenarios.loading import LIBRARY, builtin_plans

    if os.path.lexists(folder):
        raise UsageError(words.say("new.exists", folder=folder))
    if source not in builtin_plans():
        known = words.listed(builtin_plans())
        raise UsageError(words.say("new.unknown", name=source, known=known))
    try:
        shutil.copytree(LIBRARY / source, folder, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    except OSError as error:
        raise UsageError(words.say("cannot_write", path=folder, reason=error.strerror)) from error
    say(words.say("new.done", folder=folder, name=source))


@command(commands, "quarterdeck check my-quarter")
def check(
    plan: PlanName,
    *,
    changed: Changed,
    screen: Screen,
) -> None:
    """Say everything that is wrong or odd in a plan."""
    from reports.pages.plan_check import show_check
    from scenarios.loading import load_plan

    show_check(load_plan(plan, changed.scenario or (), changed.setting or ()).plan, screen.json, screen.words)


@command(commands, "quarterdeck import-crm export --as-of 2017-10-01 --out my-quarter")
def import_crm(
    export: Annotated[
        Path, typer.Argument(metavar="EXPORT", help="Folder with the files of a CRM export, or its only file.")
    ],
    *,
    as_of: Annotated[dt.datetime, typer.Option(formats=["%Y-%m-%d"], help="Day of planning: 2017-10-01.")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Plan folder to make.")],
    mapping: Annotated[str, typer.Option(metavar="NAME|FILE", help="Preset or YAML: which column is what.")] = "maven",
    target: Annotated[float | None, typer.Option(help="Target; default: the last quarter with growth.")] = None,
    growth: Annotated[float, typer.Option(help="Growth on the last quarter: 0.05 is 5%.")] = 0.05,
    weeks: Annotated[int, typer.Option(help="Weeks of the quarter.")] = 13,
    refresh: Annotated[
        Path | None, typer.Option(metavar="PLAN", help="Edited plan folder: renew its deals and accounts, as --out.")
    ] = None,
    screen: Screen,
) -> None:
    """Make a plan of a CRM export."""
    from reports.documents.request_sheet import write_request_sheet
    from reports.imports import show_import
    from reports.pages.data_request import data_requests
    from reports.translating import translated
    from scenarios.crm import import_crm as make_plan
    from scenarios.crm import refresh_crm
    from scenarios.errors import UsageError
    from scenarios.loading import DATA_REQUEST

    words = screen.words
    if refresh is not None:
        if (target, growth, weeks) != (None, 0.05, 13):
            raise UsageError(words.say("import.refresh_keeps"))
        show_import(refresh_crm(export, as_of.date(), refresh, out, mapping), screen.json, words)
        return
    report = make_plan(
        export, as_of.date(), out, mapping, target, growth, weeks, say=lambda text: translated(text, words)
    )
    write_request_sheet(report.out / DATA_REQUEST, data_requests(report, words), words)
    show_import(report, screen.json, words)
