"""Commands that make documents of saved runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.arguments import RUNS, Saved
from commands.language import InLanguage, wording

commands = typer.Typer()

Names = Annotated[
    list[str], typer.Argument(metavar="RUN...", help="A saved run, or latest; others become further sections.")
]


@commands.command(epilog="Example: quarterdeck report latest --out report.html")
def report(
    names: Names,
    out: Annotated[Path, typer.Option(metavar="FILE", help="HTML file to write.")] = Path("report.html"),
    board: Annotated[bool, typer.Option("--board", help="Only the one page for those who decide.")] = False,
    charts: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Also every chart, as SVG and PNG.")] = None,
    anyway: Annotated[bool, typer.Option("--anyway", help="Even where a check of the run fails.")] = False,
    saved: Saved = RUNS,
    language: InLanguage = None,
) -> None:
    """Make a report of a saved run: one HTML file, to be read, printed and handed on."""
    from reports.export import write_report
    from studies.saved.runs import resolve_run

    folders = [resolve_run(saved, name) for name in names]
    write_report(folders, out, wording(language), board_only=board, charts=charts, anyway=anyway)


@commands.command(epilog="Example: quarterdeck letters latest --out letters")
def letters(
    name: Annotated[str, typer.Argument(metavar="RUN", help="A saved run or allocation, or: latest.")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the letters go.")] = Path("letters"),
    chances: Annotated[bool, typer.Option("--chances", help="Tell each rep the chance of reaching the quota.")] = False,
    excel: Annotated[
        Path | None, typer.Option("--excel", metavar="FILE.xlsx", help="Also one sheet with a line per rep.")
    ] = None,
    saved: Saved = RUNS,
    language: InLanguage = None,
) -> None:
    """Write quota letters: a page per rep with the number, why it is that number, and the path by week."""
    from reports.documents.letters import write_letters
    from studies.saved.runs import resolve_run

    write_letters(resolve_run(saved, name), out, wording(language), with_chances=chances, excel=excel)


@commands.command(epilog="Example: quarterdeck export latest --excel quarter.xlsx --pptx quarter.pptx")
def export(
    names: Names,
    excel: Annotated[Path | None, typer.Option("--excel", metavar="FILE.xlsx", help="Workbook to make.")] = None,
    pptx: Annotated[Path | None, typer.Option("--pptx", metavar="FILE.pptx", help="Slides to make.")] = None,
    anyway: Annotated[bool, typer.Option("--anyway", help="Even where a check of the run fails.")] = False,
    saved: Saved = RUNS,
    language: InLanguage = None,
) -> None:
    """Write a saved run as an Excel workbook, whose allocation can be edited and handed back, or as slides."""
    from reports.export import export_runs
    from studies.saved.runs import resolve_run

    if excel is None and pptx is None:
        raise typer.BadParameter("give --excel FILE.xlsx, --pptx FILE.pptx or both")
    folders = [resolve_run(saved, name) for name in names]
    export_runs(folders, wording(language), excel=excel, pptx=pptx, anyway=anyway)
