"""Plans and saved runs: check, import, list."""

from __future__ import annotations

__all__ = ["SENTENCES"]

SENTENCES: dict[str, str] = {
    # check
    "check.title": "Check · {plan}",
    "check.fine": "The plan can be read: every id is there, and every figure is what its field takes.",
    "check.read.target": "planned for the {n} regions together: {planned}",
    "check.read.reps": "Reps",
    "check.read.tiers": "{tiers}",
    "check.read.open": "Open opportunities",
    "check.read.worth": "worth {amount} in all",
    "check.read.accounts": "Customers",
    "check.read.due": "{n} contracts worth {amount} come up for renewal",
    "check.read.owed": "Open invoices",
    "check.read.worth_owed": "{amount} in all",
    "check.read.money": "Budget",
    "check.read.pools": "in {n} pools",
    "check.warnings": "Warnings",
    "check.notes": "Notes",
    "check.about": "{message} [{rules}]",
    "check.summary": "Warnings: {warnings}. Notes: {notes}.",
    # runs
    "runs.title": "Runs in {folder}, newest first",
    "runs.empty": "There is no run in {folder} yet. Make one: quarterdeck run quarter",
    "runs.saved": "Saved as {folder}. Show it again: quarterdeck show {folder}",
    "runs.unfinished": "not finished; continue: quarterdeck run --resume {name}",
    "runs.interrupted": "Interrupted. {kept} simulated quarters are kept.",
    "runs.under_way": " It was at: {step}, {done} of {total}.",
    "runs.go_on": "See what there is: quarterdeck show {run}\nContinue with: quarterdeck run --resume {run}",
    "unfinished.title": "Not finished · {plan}",
    "unfinished.detail": "{n} quarters so far · seed {seed} · money in {currency}",
    "unfinished.part": "A part of what {study} was asked: the first {n} of {asked} quarters of what it simulates "
    "first. This is no answer yet: nothing is compared.",
    "unfinished.variant": "Risks in play: {risks}. Contingency plans held: {plans}.",
    "unfinished.none": "none",
    "unfinished.go_on": "{kept} quarters are done in all. Continue, to the figures that it would have come to without "
    "the interruption: quarterdeck run --resume {name}",
    "repeat.identical": "{name}: computed again, and identical to the last bit.",
    "repeat.differs": "{name}: computed again, and different in {files}. Results are repeatable on the same platform "
    "with the same versions; manifest.json holds those of the saved run.",
    # CRM import
    "import.title": "Plan from a CRM export",
    "import.detail": "{out} · as of {as_of} · mapping {mapping}",
    "import.target": "Target: {target} {currency}",
    "import.read": "Files read",
    "import.used": "In the plan",
    "import.unused": "Not used, and why",
    "import.estimates": "Estimated from the export",
    "import.assumed": "Assumed, because the export does not hold it",
    "import.assumed_note": "Grade A peer-reviewed, B survey with a stated sample, C second hand, D assumption.",
    "import.warnings": "Look at these",
    "import.next": "Next: quarterdeck check {out}, then quarterdeck run {out}",
    "import.refresh_keeps": "--refresh keeps the plan's target and weeks: leave out --target, --growth and --weeks",
    "import.many": "{path} ({n})",
    "import.range": "{low}–{high}",
    "import.instance": "for instance: {basis}",
    "import.each": "Every one of them by itself: import-crm --json",
    "column.file": "File",
    "column.rows": "Rows",
    "column.holds": "Holds",
    "column.table": "Table",
}
