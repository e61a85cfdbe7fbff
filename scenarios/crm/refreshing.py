"""A newer export into an edited plan: deals, accounts and invoices are renewed, all else is copied byte for byte."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

from scenarios.crm.drafting import Request, draft_plan
from scenarios.crm.estimates import estimate
from scenarios.crm.export import Export, Unused, read_export
from scenarios.crm.importing import ImportReport
from scenarios.crm.mapping import read_assumed, read_mapping
from scenarios.crm.meeting import Meeting
from scenarios.crm.tables import edited, rows_by_id
from scenarios.crm.writing import refuse_existing, write_folder
from scenarios.errors import PlanFileError, Problem, UsageError
from scenarios.loading import load_plan
from scenarios.plan import Plan

__all__ = ["refresh_crm"]

RENEWED = "opportunities", "accounts"


def refresh_crm(export: Path, as_of: dt.date, folder: Path, out: Path, mapping: str | Path = "maven") -> ImportReport:
    """Renew the deals and accounts of the plan in ``folder`` by what the export knew before ``as_of``, as a new folder.

    The plan itself is left alone. Deals that are open in the export are taken from it, except for a stage given by
    hand; deals that it knows to be closed go; deals that it does not know were made by hand and stay. So it is with
    invoices where the export has a file of them. Tier and rep of an account follow the export unless they were edited
    by hand; new accounts are added. What does not fit together is a warning of the report. Nothing is written where the
    result would not load: PlanFileError; UsageError for arguments that make no sense.
    """
    refuse_existing(out)
    if not folder.is_dir():
        raise UsageError(f"--refresh {folder} is no plan folder")
    plan, columns = load_plan(folder).plan, read_mapping(mapping)
    if as_of > plan.calendar.start:
        raise UsageError(
            f"--as-of {as_of} is later than the first day of the plan's quarter, {plan.calendar.start}: what was "
            "signed since would be in no figure. Give that day or one before it, or move calendar.start."
        )
    if columns.currency != plan.currency:
        raise UsageError(f"the export is in {columns.currency} and the plan in {plan.currency}: set it in the mapping")
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
    for table in (*RENEWED, "receivables"):
        if getattr(plan, table) and f"{table}.csv" not in files:
            raise UsageError(f"--refresh {folder}: its {table} stand in plan.yaml. Move them to {table}.csv first.")
    assumed, nodes = read_assumed()
    tables = read_export(export, columns)
    estimates = estimate(tables, as_of, assumed, columns.open_deal_accounts == "use")
    draft = draft_plan(
        estimates, columns, assumed, nodes, Request(as_of, None, 0.05, plan.calendar.weeks, plan.calendar.start)
    )
    known = tables.deals["id"][tables.deals["engaged"] < dt.datetime.combine(as_of, dt.time())]
    meeting = Meeting(plan, draft)
    accounts = meeting.renewed_accounts(rows_by_id(files.get("accounts.csv")))
    deals, gone = meeting.deals(accounts, rows_by_id(files.get("opportunities.csv"))), meeting.gone(known)
    if accounts:
        files["accounts.csv"] = edited(files.get("accounts.csv"), {row["id"]: row for row in accounts.values()})
    files["opportunities.csv"] = edited(files.get("opportunities.csv"), deals, gone)
    if tables.invoices is not None:
        owed, paid = meeting.invoices(), meeting.settled(tables.invoices["id"])
        if owed or "receivables.csv" in files:
            files["receivables.csv"] = edited(files.get("receivables.csv"), owed, paid)
    with tempfile.TemporaryDirectory() as scratch:
        write_folder(files, Path(scratch) / "plan")
        try:
            result = load_plan(Path(scratch) / "plan").plan
        except PlanFileError as error:
            text = "nothing was written, as the renewed plan would not load; lines are those of its tables"
            raise PlanFileError([*error.problems, Problem(out.name, "", text)]) from None
    write_folder(files, out)
    return _report(out, columns.name, as_of, result, tables, estimates.unused, meeting)


def _report(
    out: Path, mapping: str, as_of: dt.date, plan: Plan, tables: Export, unused: tuple[Unused, ...], meeting: Meeting
) -> ImportReport:
    kept = (
        "rules, locks, risks, targets, reps, products and every figure of plan.yaml are kept as they were; what the "
        "export says of win rates, cycles, hours and leads now is in none of them: import it anew to see it"
    )
    renewed = RENEWED if tables.invoices is None else (*RENEWED, "receivables")
    return ImportReport(
        out=out,
        mapping=mapping,
        as_of=as_of,
        target=plan.target,
        currency=plan.currency,
        read=tables.read,
        used=tuple((table, len(getattr(plan, table))) for table in renewed),
        unused=unused,
        estimates=(),
        assumed=(),
        warnings=(*meeting.texts, kept),
    )
