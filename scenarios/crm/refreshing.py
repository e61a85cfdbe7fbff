"""A newer export into an edited plan: deals and accounts are renewed, everything else is copied byte for byte."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from scenarios.crm.drafting import Draft, Request, draft_plan
from scenarios.crm.estimates import estimate
from scenarios.crm.export import Export, Unused, read_export
from scenarios.crm.importing import ImportReport
from scenarios.crm.mapping import read_assumed, read_mapping
from scenarios.crm.settings import STAGES
from scenarios.crm.writing import Row, refuse_existing, slugs, write_folder
from scenarios.errors import PlanFileError, Problem, UsageError
from scenarios.loading import load_plan
from scenarios.plan import Plan, by_id

__all__ = ["refresh_crm"]

RENEWED = "opportunities", "accounts"
SHOWN = 5
"""Names listed of many that only came or went."""
CONFLICTS_SHOWN = 100
"""Of those about which a planner has to decide."""
VALUE_MOVED = 0.1
"""A deal whose value changes by a larger share is named: it may have been edited by hand."""


def refresh_crm(export: Path, as_of: dt.date, folder: Path, out: Path, mapping: str | Path = "maven") -> ImportReport:
    """Renew the deals and accounts of the plan in ``folder`` by what the export knew before ``as_of``, as a new folder.

    The plan itself is left alone. Deals that are open in the export are taken from it, except for the stage; deals
    that it knows to be closed go; deals that it does not know were made by hand and stay. Accounts of the plan stay as
    they are, new ones are added. What does not fit together is a warning of the report. Nothing is written where the
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
    for table in RENEWED:
        if getattr(plan, table) and f"{table}.csv" not in files:
            raise UsageError(f"--refresh {folder}: its {table} stand in plan.yaml. Move them to {table}.csv first.")
    assumed, nodes = read_assumed()
    tables = read_export(export, columns)
    estimates = estimate(tables, as_of, assumed, columns.open_deal_accounts == "use")
    draft = draft_plan(estimates, columns, assumed, nodes, Request(as_of, None, 0.05, plan.calendar.weeks))
    known = tables.deals["id"][tables.deals["engaged"] < dt.datetime.combine(as_of, dt.time())]
    meeting = _Meeting(plan, draft)
    new_accounts = meeting.new_accounts()
    deals, gone = meeting.deals(new_accounts), meeting.gone(known)
    if new_accounts:
        files["accounts.csv"] = _edited(files.get("accounts.csv"), {row["id"]: row for row in new_accounts.values()})
    files["opportunities.csv"] = _edited(files.get("opportunities.csv"), deals, gone)
    with tempfile.TemporaryDirectory() as scratch:
        write_folder(files, Path(scratch) / "plan")
        try:
            result = load_plan(Path(scratch) / "plan").plan
        except PlanFileError as error:
            text = "nothing was written, as the renewed plan would not load; lines are those of its tables"
            raise PlanFileError([*error.problems, Problem(out.name, "", text)]) from None
    write_folder(files, out)
    return _report(out, columns.name, as_of, result, tables, estimates.unused, meeting)


class _Named(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...


def _matched(names: Mapping[str, str], entries: Sequence[_Named]) -> dict[str, str]:
    """Id in the draft → id in the plan: the same name, else the same id where its name was edited."""
    plan = by_id(entries)
    by_name: dict[str, list[str]] = {}
    for entry in entries:
        by_name.setdefault(entry.name, []).append(entry.id)
    found = {}
    for name, draft_id in names.items():
        candidates = by_name.get(name, [])
        if len(candidates) == 1:
            found[draft_id] = candidates[0]
        elif draft_id in plan and (draft_id in candidates or plan[draft_id].name not in names):
            found[draft_id] = draft_id
    return found


@dataclass
class _Meeting:
    """A plan and the draft of a newer export, and what does not fit between them."""

    plan: Plan
    draft: Draft
    texts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        ids = self.draft.ids
        self.products = _matched(ids.products, self.plan.products)
        self.regions = _matched(ids.regions, self.plan.regions)
        self.reps = _matched(ids.reps, self.plan.reps)
        self.accounts = _matched(ids.accounts, self.plan.accounts)
        for kind, found, entries in (
            ("products", self.products, self.plan.products),
            ("reps", self.reps, self.plan.reps),
            ("accounts", self.accounts, self.plan.accounts),
        ):
            taken = set(found.values())
            self._say(
                f"{kind} of the plan that the export has no current deal of, kept as they are",
                [entry.name for entry in entries if entry.id not in taken],
            )

    def new_accounts(self) -> dict[str, Row]:
        """Draft id → row of an account that the plan does not have yet; the others are compared."""
        added: dict[str, Row] = {}
        taken, others, tiers, lost = set(self.plan.account), [], [], []
        for row in self.draft.tables["accounts"]:
            rep = self.reps.get(row["rep"])
            if row["id"] in self.accounts:
                mine = self.plan.account[self.accounts[row["id"]]]
                if mine.rep != rep:
                    others.append(f"{mine.id} ({mine.rep} in the plan, {rep or row['rep']} in the export)")
                if mine.customer_tier != row["customer_tier"]:
                    tiers.append(f"{mine.id} ({mine.customer_tier} in the plan, {row['customer_tier']} in the export)")
            elif rep is None or row["region"] not in self.regions:
                lost.append(f"{row['name']} (rep {row['rep']}, region {row['region']})")
            else:
                number, free = 1, row["id"]
                while free in taken:
                    number += 1
                    free = f"{row['id']}-{number}"
                taken.add(free)
                added[row["id"]] = {**row, "id": free, "rep": rep, "region": self._placed(row)[1]}
        self._say("accounts with another rep, the plan's is kept", others)
        self._say("accounts of another tier, the plan's is kept", tiers)
        self._say("new accounts left out, as the plan has not their rep or region", lost)
        self._say("accounts added", [row["id"] for row in added.values()], SHOWN)
        return added

    def deals(self, new_accounts: Mapping[str, Row]) -> dict[str, Row]:
        """Rows of the export's open deals in the plan's ids; a warning says the worth of those without a place."""
        stages = [stage.id for stage in self.plan.process.stages]
        first = STAGES[0] if STAGES[0] in stages else stages[0]
        before = by_id(self.plan.opportunities)
        rows: dict[str, Row] = {}
        homeless: dict[tuple[str, str], list[float]] = {}
        moved, added, elsewhere = [], [], []
        places = (("product", self.products), ("rep", self.reps), ("region", self.regions))
        for deal in self.draft.tables["opportunities"]:
            lacking = next(((kind, deal[kind]) for kind, found in places if deal[kind] not in found), None)
            if lacking:
                homeless.setdefault(lacking, []).append(float(deal["value"]))
                continue
            account = self.accounts.get(deal["account"]) or new_accounts.get(deal["account"], {}).get("id", "")
            tier = self.plan.account[account].customer_tier if account in self.plan.account else deal["customer_tier"]
            old = before.get(deal["id"])
            rep, region = self._placed(deal)
            if region != self.regions[deal["region"]]:
                elsewhere.append(f"{deal['id']} ({region})")
            rows[deal["id"]] = {
                **deal,
                "product": self.products[deal["product"]],
                "rep": rep,
                "region": region,
                "account": account,
                "customer_tier": tier,
                "stage": old.stage if old else first,
            }
            if old is None:
                added.append(deal["id"])
            elif abs(float(deal["value"]) / old.value - 1) > VALUE_MOVED:
                moved.append(f"{old.id} ({old.value:,.0f} → {float(deal['value']):,.0f})")
        for (kind, name), values in sorted(homeless.items()):
            self.texts.append(
                f"{kind} {name} is in the export and not in the plan: {len(values):,} open deals worth "
                f"{sum(values):,.0f} are left out. Add it to {kind}s.csv and refresh again."
            )
        self._say("open deals whose value changes by more than a tenth, the export's is taken", moved)
        self._say("open deals put into the region that the plan gives their rep", elsewhere)
        self._say("open deals added", added, SHOWN)
        return rows

    def _placed(self, row: Row) -> tuple[str, str]:
        """The plan's rep and region; a rep who was given other regions in the plan takes the work along."""
        rep, region = self.reps[row["rep"]], self.regions[row["region"]]
        covered = self.plan.rep[rep].regions
        return rep, region if region in covered else covered[0]

    def gone(self, known: Iterable[str]) -> set[str]:
        """Ids of the plan's deals that the export knows and that are not open any more; others were made by hand."""
        is_open, export_ids = set(self.draft.ids.deals.values()), set(slugs(list(known), lower=False).values())
        mine = [deal.id for deal in self.plan.opportunities if deal.id not in is_open]
        closed = [name for name in mine if name in export_ids]
        self._say("deals taken out, as they are closed in the export", closed, SHOWN)
        self._say("deals that the export does not know, kept", [name for name in mine if name not in export_ids])
        return set(closed)

    def _say(self, text: str, names: Sequence[str], most: int = CONFLICTS_SHOWN) -> None:
        if names:
            more = f" and {len(names) - most:,} more" if len(names) > most else ""
            self.texts.append(f"{text} ({len(names):,}): {', '.join(names[:most])}{more}")


def _edited(data: bytes | None, rows: Mapping[str, Row], gone: Iterable[str] = ()) -> bytes:
    """A table with rows replaced, added and taken out; the planner's own columns and the other rows stay."""
    text, mark = "", b""
    if data is not None:
        try:
            text = data.decode("utf-8-sig")
            mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
        except UnicodeDecodeError:
            text, mark = data.decode("gb18030"), b"\xef\xbb\xbf"  # the mark by which Excel knows UTF-8
    lines = [cells for cells in csv.reader(io.StringIO(text, newline="")) if any(cell.strip() for cell in cells)]
    header = [cell.strip() for cell in lines[0]] if lines else ["id"]
    for row in rows.values():
        header += [name for name, cell in row.items() if cell and name not in header]
    wanted, leaving, kept = dict(rows), set(gone), []
    for cells in lines[1:]:
        full = cells + [""] * (len(header) - len(cells))
        name = full[header.index("id")].strip()
        if name not in leaving:
            kept.append(_filled(full, header, wanted.pop(name, {})))
    kept += [_filled([""] * len(header), header, wanted[name]) for name in sorted(wanted)]
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([header, *kept])
    return mark + buffer.getvalue().encode()


def _filled(cells: Sequence[str], header: Sequence[str], row: Row) -> list[str]:
    return [row.get(name, cell) for name, cell in zip(header, cells, strict=True)]


def _report(
    out: Path, mapping: str, as_of: dt.date, plan: Plan, tables: Export, unused: tuple[Unused, ...], meeting: _Meeting
) -> ImportReport:
    kept = (
        "rules, locks, risks, targets, reps, products, receivables and every figure of plan.yaml are kept as they "
        "were; what the export says of win rates, cycles, hours and leads now is in none of them: import it anew to "
        "see it"
    )
    return ImportReport(
        out=out,
        mapping=mapping,
        as_of=as_of,
        target=plan.target,
        currency=plan.currency,
        read=tables.read,
        used=tuple((table, len(getattr(plan, table))) for table in RENEWED),
        unused=unused,
        estimates=(),
        assumed=(),
        warnings=(*meeting.texts, kept),
    )
