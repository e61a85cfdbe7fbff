"""How an export's files and columns are read, and what is assumed where an export is silent. Both are data."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator
from ruamel.yaml import YAML

from scenarios.errors import PlanFileError, UsageError
from scenarios.fields import Amount, FileName, Id, Positive, Probability, Section, Share
from scenarios.files import Reading
from scenarios.people import Ramp
from scenarios.plan import Assumption
from scenarios.process import Handover, Money
from scenarios.risks import ContingencyPlan, Risk, Uncertainty
from scenarios.validation import validate_file

__all__ = [
    "AccountColumns",
    "Assumed",
    "DealColumns",
    "InvoiceColumns",
    "Mapping",
    "Method",
    "Outcome",
    "ProductColumns",
    "RenewalColumns",
    "RepColumns",
    "StaffColumns",
    "StageHistoryColumns",
    "read_assumed",
    "read_mapping",
]

LIBRARY = Path(__file__).parent.parent / "library" / "crm"

Outcome = Literal["open", "won", "lost"]
Answer = Literal["renewed", "lost"]
Column = Annotated[str, Field(min_length=1, max_length=200)]


class DealColumns(Section):
    """Columns of the deals."""

    id: Column
    rep: Column
    product: Column | None = None
    """None: all deals are of one product."""
    account: Column | None = None
    region: Column | None = None
    """Where there is no file of reps: the region of a deal, its rep's is that of most."""
    currency: Column | None = None
    """Currency of the value; None: all are in the plan's."""
    stage: Column
    engaged: Column
    """Day on which the need was accepted."""
    closed: Column
    value: Column
    """Signed amount; read of won deals alone."""


class ProductColumns(Section):
    """Columns of the products."""

    name: Column
    list_price: Column


class RepColumns(Section):
    """Columns of the reps."""

    name: Column
    region: Column


class AccountColumns(Section):
    """Columns of the accounts."""

    name: Column
    industry: Column | None = None


class InvoiceColumns(Section):
    """Columns of the invoices."""

    id: Column
    account: Column | None = None
    amount: Column
    currency: Column | None = None
    """Currency of the amount; None: all are in the plan's."""
    issued: Column | None = None
    """Day of the invoice; None: as long before the due day as the plan's payment terms give."""
    due: Column
    paid: Column
    """Day on which all of it was paid; blank while it is open."""


class StaffColumns(Section):
    """Columns of the staff, leavers among them."""

    name: Column
    hired: Column
    left: Column
    """Last day; blank for whom is still there."""


class RenewalColumns(Section):
    """Columns of the contracts that came or come up for renewal."""

    account: Column
    product: Column | None = None
    """None: what the account bought most."""
    amount: Column
    currency: Column | None = None
    """Currency of the amount; None: all are in the plan's."""
    due: Column
    """Day on which the contract ends unless it is renewed."""
    renewed: Column
    """Whether it was; blank while it is not decided."""
    decided: Column | None = None
    """Day on which that was known; None: the due day."""


class StageHistoryColumns(Section):
    """Columns of the stages that deals came to: a row for each deal and stage, or a column for each stage."""

    deal: Column
    stage: Column | None = None
    entered: Column | None = None
    """Day on which the deal came to the stage."""
    entered_by_stage: dict[str, Column] = Field(default_factory=dict)
    """Stage → column of the day, where a row holds all stages of a deal."""

    @model_validator(mode="after")
    def _one_layout(self) -> Self:
        long = self.stage is not None and self.entered is not None
        if (self.stage is not None or self.entered is not None) == bool(self.entered_by_stage) or not (
            long or self.entered_by_stage
        ):
            raise ValueError("give stage and entered (a row for each stage) or entered_by_stage (a column for each)")
        return self


class DealsFile(Section):
    """Where the deals are."""

    file: FileName
    columns: DealColumns


class ProductsFile(Section):
    """Where the products are."""

    file: FileName
    columns: ProductColumns


class RepsFile(Section):
    """Where the reps are."""

    file: FileName
    columns: RepColumns


class AccountsFile(Section):
    """Where the accounts are; a name with ``*`` is that of the only such file."""

    file: FileName
    columns: AccountColumns


class InvoicesFile(Section):
    """Where the invoices are, paid and open."""

    file: FileName
    columns: InvoiceColumns


class StaffFile(Section):
    """Where it stands who was hired and who left."""

    file: FileName
    columns: StaffColumns


class RenewalsFile(Section):
    """Where the contracts are, those decided and those to come."""

    file: FileName
    columns: RenewalColumns
    answers: Annotated[dict[str, Answer], Field(min_length=1)]
    """What stands for renewed and what for lost."""

    @field_validator("answers")
    @classmethod
    def _both_occur(cls, answers: dict[str, Answer]) -> dict[str, Answer]:
        missing = {"renewed", "lost"} - set(answers.values())
        if missing:
            raise ValueError(f"no answer means {' or '.join(sorted(missing))}")
        return answers


class StageHistoryFile(Section):
    """Where it stands when each deal came to each stage; may be the file of the deals."""

    file: FileName
    columns: StageHistoryColumns


AnyFile = (
    DealsFile | ProductsFile | RepsFile | AccountsFile | InvoicesFile | StaffFile | StageHistoryFile | RenewalsFile
)


class Mapping(Section):
    """Files, columns and stages of an export."""

    name: Id
    description: str = ""
    currency: str
    currencies: dict[str, Positive] = Field(default_factory=dict)
    """Other currency → what one of it is worth in the plan's."""
    decimal: Literal[".", ","] = "."
    """Decimal sign of amounts; the other one, blanks and signs of currencies are read over."""
    amount_unit: Positive = 1
    """What one of the export's amounts is worth: 10000 where they are in 万元."""
    date_format: str | tuple[str, ...] = "%Y-%m-%d"
    """As in Python's ``strptime``: ``%d.%m.%Y``; a list where an export has several forms, the first that fits."""
    deals: DealsFile
    products: ProductsFile | None = None
    """None: the products that the deals name, without list prices."""
    reps: RepsFile | None = None
    """None: the reps that the deals name."""
    accounts: AccountsFile | None = None
    """None: the accounts that the deals name."""
    invoices: InvoicesFile | None = None
    """None: when customers pay is assumed, and no invoice is open at the start."""
    staff: StaffFile | None = None
    """None: how many leave is assumed."""
    stages: Annotated[dict[str, Outcome], Field(min_length=1)]
    """Stage as the export calls it → open, won or lost; the open ones in the order in which deals pass them."""
    stage_history: StageHistoryFile | None = None
    """None: a deal counts by its age, whatever its stage."""
    renewals: RenewalsFile | None = None
    """None: no contract comes up for renewal."""
    open_deal_accounts: Literal["use", "ignore"] = "use"
    """Whether the account of an open deal counts; not where an account is entered only at closing."""
    default_maturity: Id = "mature"
    maturities: dict[str, Id] = Field(default_factory=dict)
    """Region name → market maturity (T3)."""

    @property
    def files(self) -> dict[str, AnyFile]:
        """The files that are read, by what they hold."""
        kinds: dict[str, AnyFile | None] = {
            "deals": self.deals,
            "products": self.products,
            "reps": self.reps,
            "accounts": self.accounts,
            "invoices": self.invoices,
            "staff": self.staff,
            "stage_history": self.stage_history,
            "renewals": self.renewals,
        }
        return {kind: file for kind, file in kinds.items() if file is not None}

    @property
    def date_formats(self) -> tuple[str, ...]:
        """The forms of dates, at least one."""
        return (self.date_format,) if isinstance(self.date_format, str) else self.date_format

    @property
    def is_shipped(self) -> bool:
        """Whether it is a preset, which a planner copies rather than changes."""
        return self.name in presets()

    @property
    def open_stages(self) -> tuple[str, ...]:
        """Stages of open deals, in their order."""
        return tuple(name for name, outcome in self.stages.items() if outcome == "open")

    @field_validator("stages")
    @classmethod
    def _outcomes_occur(cls, stages: dict[str, Outcome]) -> dict[str, Outcome]:
        missing = {"won", "lost"} - set(stages.values())
        if missing:
            raise ValueError(f"no stage means {' or '.join(sorted(missing))}")
        return stages

    @field_validator("stage_history")
    @classmethod
    def _history_is_of_stages(cls, file: StageHistoryFile | None, info: ValidationInfo) -> StageHistoryFile | None:
        columns = file.columns.entered_by_stage if file else {}
        strange = sorted(set(columns) - set(info.data.get("stages", columns)))
        if strange:
            raise ValueError(f"entered_by_stage names what is no stage: {', '.join(strange)}")
        return file


class Method(Section):
    """How tiers and rates are made of an export."""

    rep_tiers: dict[Id, Share]
    """Shares of heads, best first; the rest is ``new`` (T5)."""
    customer_tiers: dict[Id, Share]
    """Shares of accounts, greatest first; the rest is ``C``."""
    star_share: Share
    rate_weeks: Annotated[int, Field(ge=1, le=104)]
    most_hours_per_week: Annotated[float, Field(gt=0, le=100)]
    most_waiting: Annotated[float, Field(gt=0, le=1)]
    staff_weeks: Annotated[int, Field(ge=13, le=520)]


class TierDefaults(Section):
    """What an export does not say about a customer tier."""

    name: str
    priority: Annotated[int, Field(ge=1, le=9)]
    touches_per_week: Annotated[float, Field(gt=0, le=14)]


class PlanCosts(Section):
    """Costs of a contingency plan per unit of the target."""

    retainer: Share | None = None
    activation_cost: Share | None = None
    cost_per_use: Share | None = None


class Assumed(Section):
    """What an export does not hold: sourced defaults, and the method that makes a plan of the rest."""

    method: Method
    margin: Annotated[float, Field(gt=0, le=1)]
    touch_hours: Positive
    utilisation: Annotated[float, Field(gt=0, le=1)]
    cycle_sigma: Amount
    value_sigma: Amount
    customer_tiers: dict[Id, TierDefaults]
    orphan_win_factor: Probability
    handover: Handover
    ramp: Ramp
    money: Money
    risks: tuple[Risk, ...]
    contingency_plans: tuple[ContingencyPlan, ...]
    uncertainty: tuple[Uncertainty, ...]
    costs_per_target: dict[Id, PlanCosts]
    assumptions: tuple[Assumption, ...]


def presets() -> list[str]:
    """Names of the mappings that are shipped."""
    return sorted(path.stem for path in LIBRARY.glob("*.yaml") if path.stem != "assumed")


def preset_copy(preset: str, name: str) -> str:
    """The text of a shipped mapping under a name of its own, to be edited; UsageError where there is none."""
    if preset not in presets():
        raise _no_mapping(preset)
    text = (LIBRARY / f"{preset}.yaml").read_text(encoding="utf-8")
    own = name if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}", name) and name not in presets() else "mine"
    return text.replace(f"\nname: {preset}\n", f"\nname: {own}\n", 1)


def _no_mapping(name: str) -> UsageError:
    close = difflib.get_close_matches(name, presets(), n=1)
    hint = f"Did you mean {close[0]}?" if close else f"Shipped: {', '.join(presets())}; or name a YAML file."
    return UsageError(f"--mapping: there is no mapping {name!r}. {hint}")


def read_mapping(mapping: str | Path) -> Mapping:
    """The shipped mapping of that name, or the one in a YAML file."""
    path = LIBRARY / f"{mapping}.yaml" if isinstance(mapping, str) and mapping in presets() else Path(mapping)
    if path.suffix.lower() not in (".yaml", ".yml"):
        raise _no_mapping(str(mapping))
    node = (reading := Reading()).yaml(path)
    if node is None or reading.problems:
        raise PlanFileError(reading.problems)
    return validate_file(node, Mapping)


def read_assumed() -> tuple[Assumed, Any]:
    """The sourced defaults, and the same as YAML nodes with their comments."""
    node = YAML().load((LIBRARY / "assumed.yaml").read_text(encoding="utf-8"))
    return Assumed.model_validate(node), node
