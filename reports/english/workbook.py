"""The workbook of a run: sheets, headings, comments."""

from __future__ import annotations

__all__ = ["SENTENCES"]

SENTENCES: dict[str, str] = {
    "workbook.done": "The workbook is in {path}.",
    "workbook.not_of": "a workbook is made of allocate, simulate, stress and run; this run is of {study}",
    "workbook.allocation": "Allocation",
    "workbook.budget": "Money",
    "workbook.rules": "Rules and prices",
    "workbook.simulation": "Simulation",
    "workbook.stress": "Stress",
    "workbook.assumptions": "Assumptions",
    "workbook.about": "Changes and findings",
    "workbook.assumptions_title": "Where figures come from",
    "workbook.about_title": "What to know about these figures",
    "workbook.live": "Sums follow the sheets quotas and budget: edit amounts there. Money in "
    "{currency}. Expected sales are the optimiser's and do not follow; "
    "hand the workbook back with --allocation-file to simulate it.",
    "workbook.prices": "What a step of a rule would bring: change of the expected contribution, and of "
    "the amount by which soft rules are missed.",
    "workbook.id": "Id",
    "workbook.name": "Name",
    "workbook.hours_needed": "Hours needed",
    "workbook.hours_there": "Hours there",
    "workbook.sentence": "What it says",
    "workbook.gap": "Room or miss",
    "workbook.step_up": "Step up",
    "workbook.step_down": "Step down",
    "workbook.figure": "Figure",
    "workbook.low": "95% from",
    "workbook.high": "95% to",
    "workbook.cash_so_far": "Cash so far",
    "workbook.path": "Signed and cash, so far",
    "workbook.step": "Step",
    "workbook.bridge.foot": "Foot",
    "workbook.bridge.total": "Total",
    "workbook.bridge.gain": "Gain",
    "workbook.bridge.loss": "Loss",
    "workbook.least": "Least",
    "workbook.most": "Most",
    "workbook.note_total": "# total",
    "workbook.heading.product": "Id of a product.",
    "workbook.heading.region": "Id of a region that the rep covers.",
    "workbook.heading.rep": "Id of a rep.",
    "workbook.heading.quota": "Quota for the quarter. Edit it; lines may be added and left out.",
    "workbook.heading.expected": "What the optimiser expects; for information, not read.",
    "workbook.heading.activity": "Id of an activity.",
    "workbook.heading.amount": "Money for the quarter. Edit it; lines may be added and left out.",
}
