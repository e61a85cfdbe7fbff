"""What an import made of an export, shown. Apart from other answers, which need not load what reads exports."""

from __future__ import annotations

from reports.json_texts import import_json, print_json
from reports.pages.crm_import import import_page
from reports.terminal import show
from reports.wording import Wording
from scenarios.crm import ImportReport

__all__ = ["show_import"]


def show_import(report: ImportReport, json: bool, words: Wording) -> None:
    """Show what an import made of an export."""
    if json:
        print_json(import_json(report))
    else:
        show(import_page(report, words), words)
