"""Commands on saved runs."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.arguments import RUNS, Json, Out
from commands.language import InLanguage, wording

commands = typer.Typer()


@commands.command(epilog="Example: quarterdeck show latest")
def show(
    name: Annotated[str, typer.Argument(metavar="RUN", help="Folder or name of a saved run, or: latest.")],
    json: Json = False,
    language: InLanguage = None,
    out: Out = RUNS,
) -> None:
    """Show a saved run again, or what there is of one that was interrupted."""
    from reports.session import show_result, show_unfinished
    from studies.saved.runs import UNFINISHED, load_result, resolve_run

    folder = resolve_run(out, name)
    if folder.name.endswith(UNFINISHED):
        show_unfinished(folder, json, wording(language))
        return
    run, result = load_result(folder)
    show_result(result, json, wording(language), run.source, run.precision)


@commands.command(epilog="Example: quarterdeck runs")
def runs(json: Json = False, language: InLanguage = None, out: Out = RUNS) -> None:
    """List saved runs, newest first."""
    from reports.session import show_runs

    show_runs(out, json, wording(language))
