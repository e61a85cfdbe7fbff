"""Commands on a company's own past."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.arguments import Seed
from commands.asking import Options, request_of
from commands.bundles import Computers, Page, command

commands = typer.Typer()


@command(commands, "quarterdeck backtest export --quarters 2017-07-01,2017-10-01 --rolling 8")
def backtest(
    export: Annotated[
        str, typer.Argument(metavar="EXPORT", help="Folder with the files of a CRM export, or its only file.")
    ],
    *,
    quarters: Annotated[
        list[str] | None, typer.Option(metavar="DATES", help="First days of past quarters, with commas; repeatable.")
    ] = None,
    rolling: Annotated[int, typer.Option(min=0, max=104, help="The last so many windows of 12 weeks.")] = 0,
    step_weeks: Annotated[int, typer.Option(min=1, max=52, help="Weeks between their starts.")] = 2,
    mapping: Annotated[str, typer.Option(metavar="NAME|FILE", help="Preset or YAML: which column is what.")] = "maven",
    seed: Seed = 1,
    replications: Annotated[int, typer.Option(min=2, max=10_000_000, help="Simulations of each window.")] = 200,
    computers: Computers,
    page: Page,
) -> None:
    """Say what the model would have said about past quarters, against what happened."""
    import datetime as dt

    days = []
    for text in filter(None, (part.strip() for part in ",".join(quarters or ()).split(","))):
        try:
            days.append(dt.date.fromisoformat(text))
        except ValueError:
            raise typer.BadParameter(f"{text} is no date; write 2017-07-01", param_hint="--quarters") from None
    options: Options = {"quarters": tuple(days), "rolling": rolling, "step_weeks": step_weeks, "mapping": mapping}
    options |= {"seed": seed, "replications": replications, **computers.options}
    page.answer(request_of("backtest", export, options))
