"""A plan and the draft that a newer export makes: what is taken from which, and what does not fit between them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from scenarios.crm.drafting import IMPORTED, IMPORTED_RENEWAL, IMPORTED_STAGE, Draft, renewal_mark
from scenarios.crm.own_figures import STAGES
from scenarios.crm.writing import Row, slugs
from scenarios.plan import Plan, by_id
from scenarios.tables import Account

__all__ = ["Meeting"]

SHOWN = 5
"""Names listed of many that only came or went."""
CONFLICTS_SHOWN = 100
"""Of those about which a planner has to decide."""
VALUE_MOVED = 0.1
"""A deal whose value changes by a larger share is named: it may have been edited by hand."""


class Named(Protocol):
    """What has an id and a name."""

    @property
    def id(self) -> str:
        """Key in its table."""
        ...

    @property
    def name(self) -> str:
        """What planners call it."""
        ...


def matched(names: Mapping[str, str], entries: Sequence[Named]) -> dict[str, str]:
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
class Meeting:
    """A plan and the draft of a newer export, and what does not fit between them."""

    plan: Plan
    draft: Draft
    texts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        ids = self.draft.ids
        self.products = matched(ids.products, self.plan.products)
        self.regions = matched(ids.regions, self.plan.regions)
        self.reps = matched(ids.reps, self.plan.reps)
        self.accounts = matched(ids.accounts, self.plan.accounts)
        self._account_ids = dict(self.accounts)
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

    def renewed_accounts(self, imported: Mapping[str, Row]) -> dict[str, Row]:
        """Draft id → row of an account that is new, or whose tier or rep the export has otherwise.

        ``imported`` are the rows of accounts.csv, by id. What an earlier import put there and nobody changed is taken
        from the export; what was edited by hand, or cannot be told from it, stays.
        """
        rows: dict[str, Row] = {}
        taken, lost = set(self.plan.account), []
        kept: dict[str, list[str]] = {field: [] for field in IMPORTED}
        changed: dict[str, list[str]] = {field: [] for field in IMPORTED}
        added = []
        contracts: list[str] = []
        renewed: list[str] = []
        for row in self.draft.tables["accounts"]:
            rep = self.reps.get(row["rep"])
            if row["id"] in self.accounts:
                mine = self.plan.account[self.accounts[row["id"]]]
                before, cells = imported.get(mine.id, {}), {"id": mine.id}
                for field, theirs in (("rep", rep), ("customer_tier", row["customer_tier"])):
                    now, mark = str(getattr(mine, field)), IMPORTED[field]
                    if theirs is None or not self._holds(field, theirs):
                        kept[field].append(f"{mine.id} ({now} in the plan, {row[field]} in the export)")
                        continue
                    if before.get(mark) == now != theirs:
                        cells[field] = theirs
                        changed[field].append(f"{mine.id} ({now} → {theirs})")
                        if field == "rep":
                            cells["region"] = self._placed(row)[1]
                    elif now != theirs and before.get(mark) != theirs:
                        kept[field].append(f"{mine.id} ({now} in the plan, {theirs} in the export)")
                    if before.get(mark, "") not in ("", theirs):
                        cells[mark] = theirs
                cells |= self._renewal(row, mine, before, contracts, renewed)
                rows[row["id"]] = cells
            elif rep is None or row["region"] not in self.regions:
                lost.append(f"{row['name']} (rep {row['rep']}, region {row['region']})")
            else:
                number, free = 1, row["id"]
                while free in taken:
                    number += 1
                    free = f"{row['id']}-{number}"
                taken.add(free)
                added.append(free)
                marks = {IMPORTED["rep"]: rep, IMPORTED["customer_tier"]: row["customer_tier"]}
                new = {**row, "id": free, "rep": rep, "region": self._placed(row)[1], **marks}
                rows[row["id"]] = new | self._contract(row)
        self._say("accounts with another rep, the plan's is kept", kept["rep"])
        self._say("accounts of another tier, the plan's is kept", kept["customer_tier"])
        self._say("accounts given to the rep that the export has now", changed["rep"])
        self._say("accounts put into the tier that the export has now", changed["customer_tier"])
        self._say("accounts whose contract differs, the plan's is kept", contracts)
        self._say("accounts that get the contract that the export has now", renewed)
        self._say("new accounts left out, as the plan has not their rep or region", lost)
        self._say("accounts added", added, SHOWN)
        rows = {id: row for id, row in rows.items() if len(row) > 1}
        self._account_ids |= {id: row["id"] for id, row in rows.items()}
        return rows

    def _contract(self, row: Row) -> Row:
        """What comes up for renewal by the export, in the plan's ids; nothing where it has no file of contracts."""
        if IMPORTED_RENEWAL not in row:
            return {}
        fields = {name: row[name] for name in ("product", "renewal_amount", "renewal_date")}
        if not row["renewal_amount"] or row["product"] not in self.products:
            return {**dict.fromkeys(fields, ""), IMPORTED_RENEWAL: ""}
        product, day = self.products[row["product"]], dt.date.fromisoformat(row["renewal_date"])
        return {
            **fields,
            "product": product,
            IMPORTED_RENEWAL: renewal_mark(float(row["renewal_amount"]), day, product),
        }

    def _renewal(self, row: Row, mine: Account, before: Row, kept: list[str], renewed: list[str]) -> Row:
        """Cells of the contract where the export's is another; what was edited by hand stays, and is named."""
        theirs = self._contract(row)
        now = renewal_mark(mine.renewal_amount, mine.renewal_date, mine.product)
        if not theirs or theirs[IMPORTED_RENEWAL] == now:
            return {}
        if before.get(IMPORTED_RENEWAL, "") == now:
            renewed.append(f"{mine.id} ({now or 'none'} → {theirs[IMPORTED_RENEWAL] or 'none'})")
            return theirs
        if before.get(IMPORTED_RENEWAL, "") != theirs[IMPORTED_RENEWAL]:
            kept.append(f"{mine.id} ({now or 'none'} in the plan, {theirs[IMPORTED_RENEWAL] or 'none'} in the export)")
        return {}

    def _holds(self, field: str, value: str) -> bool:
        return field != "customer_tier" or value in self.plan.customer_tier

    def invoices(self) -> dict[str, Row]:
        """Rows of the export's open invoices in the plan's ids."""
        before, rows, moved, added = by_id(self.plan.receivables), {}, [], []
        for row in self.draft.tables["receivables"]:
            rows[row["id"]] = {**row, "account": self._account_ids.get(row["account"], "")}
            old = before.get(row["id"])
            if old is None:
                added.append(row["id"])
            elif abs(float(row["amount"]) / old.amount - 1) > VALUE_MOVED:
                moved.append(f"{old.id} ({old.amount:,.0f} → {float(row['amount']):,.0f})")
        self._say("open invoices whose amount changes by more than a tenth, the export's is taken", moved)
        self._say("open invoices added", added, SHOWN)
        return rows

    def settled(self, known: Iterable[str]) -> set[str]:
        """Ids of the plan's receivables that the export knows and that are not open any more."""
        is_open, export_ids = set(self.draft.ids.invoices.values()), set(slugs(list(known), lower=False).values())
        mine = [row.id for row in self.plan.receivables if row.id not in is_open]
        paid = [name for name in mine if name in export_ids]
        self._say("invoices taken out, as they are paid in the export or overdue for too long", paid, SHOWN)
        self._say("invoices that the export does not know, kept", [name for name in mine if name not in export_ids])
        return set(paid)

    def deals(self, accounts: Mapping[str, Row], imported: Mapping[str, Row]) -> dict[str, Row]:
        """Rows of the export's open deals in the plan's ids; a warning says the worth of those without a place.

        ``imported`` are the rows of opportunities.csv, by id: a stage that an earlier import put there and nobody
        changed is taken from the export.
        """
        stages = [stage.id for stage in self.plan.process.stages]
        first = STAGES[0] if STAGES[0] in stages else stages[0]
        before = by_id(self.plan.opportunities)
        rows: dict[str, Row] = {}
        homeless: dict[tuple[str, str], list[float]] = {}
        moved, added, elsewhere, kept = [], [], [], []
        places = (("product", self.products), ("rep", self.reps), ("region", self.regions))
        for deal in self.draft.tables["opportunities"]:
            lacking = next(((kind, deal[kind]) for kind, found in places if deal[kind] not in found), None)
            if lacking:
                homeless.setdefault(lacking, []).append(float(deal["value"]))
                continue
            renewed = accounts.get(deal["account"], {})
            account = self.accounts.get(deal["account"]) or renewed.get("id", "")
            tier = deal["customer_tier"]
            if account in self.plan.account:
                tier = renewed.get("customer_tier", self.plan.account[account].customer_tier)
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
            if (stage := deal.get(IMPORTED_STAGE)) in stages:
                if old is None or imported.get(deal["id"], {}).get(IMPORTED_STAGE) == old.stage:
                    rows[deal["id"]]["stage"] = stage
                elif old.stage != stage:
                    kept.append(f"{old.id} ({old.stage} in the plan, {stage} in the export)")
            elif stage is not None:
                del rows[deal["id"]][IMPORTED_STAGE]
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
        self._say("open deals in another stage, the plan's is kept", kept)
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
