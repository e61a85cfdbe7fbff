"""Commands on saved runs."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.bundles import Page, command

commands = typer.Typer()


@command(commands, "quarterdeck show latest")
def show(
    name: Annotated[str, typer.Argument(metavar="RUN", help="Folder or name of a saved run, or: latest.")],
    *,
    page: Page,
) -> None:
    """Show a saved run again, or what there is of one that was interrupted."""
    from reports.session import show_result, show_unfinished
    from studies.saved.runs import UNFINISHED, load_result, resolve_run

    folder = resolve_run(page.out, name)
    if folder.name.endswith(UNFINISHED):
        show_unfinished(folder, page.json, page.words)
        return
    run, result = load_result(folder)
    show_result(result, page.json, page.words, run.source, run.precision)


@command(commands, "quarterdeck runs")
def runs(*, page: Page) -> None:
    """List saved runs, newest first."""
    from reports.session import show_runs

    show_runs(page.out, page.json, page.words)
