"""How an export's files and columns are read, and what is assumed where an export is silent. Both are data."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from scenarios.errors import PlanFileError, Problem, UsageError
from scenarios.fields import Amount, Id, Positive, Probability, Section, Share
from scenarios.people import Ramp
from scenarios.plan import Assumption
from scenarios.process import Handover, Money
from scenarios.risks import ContingencyPlan, Risk, Uncertainty

__all__ = [
    "AccountColumns",
    "Assumed",
    "DealColumns",
    "InvoiceColumns",
    "Mapping",
    "Method",
    "Outcome",
    "ProductColumns",
    "RepColumns",
    "StaffColumns",
    "StageHistoryColumns",
    "read_assumed",
    "read_mapping",
]

LIBRARY = Path(__file__).parent.parent / "library" / "crm"

Outcome = Literal["open", "won", "lost"]
Column = Annotated[str, Field(min_length=1, max_length=200)]
FileName = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^/\\]+$")]


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


class StageHistoryFile(Section):
    """Where it stands when each deal came to each stage; may be the file of the deals."""

    file: FileName
    columns: StageHistoryColumns


AnyFile = DealsFile | ProductsFile | RepsFile | AccountsFile | InvoicesFile | StaffFile | StageHistoryFile


class Mapping(Section):
    """Files, columns and stages of an export."""

    name: Id
    description: str = ""
    currency: str
    currencies: dict[str, Positive] = Field(default_factory=dict)
    """Other currency → what one of it is worth in the plan's."""
    decimal: Literal[".", ","] = "."
    """Decimal sign of amounts; the other one, blanks and signs of currencies are read over."""
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
    stage_history: StageHistoryFile | None = None
    """None: a deal counts by its age, whatever its stage."""
    stages: Annotated[dict[str, Outcome], Field(min_length=1)]
    """Stage as the export calls it → open, won or lost; the open ones in the order in which deals pass them."""
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

    @model_validator(mode="after")
    def _outcomes_occur(self) -> Self:
        missing = {"won", "lost"} - set(self.stages.values())
        if missing:
            raise ValueError(f"stages: no stage means {' or '.join(sorted(missing))}")
        columns = self.stage_history.columns.entered_by_stage if self.stage_history else {}
        strange = sorted(set(columns) - set(self.stages))
        if strange:
            raise ValueError(f"stage_history: entered_by_stage names what is no stage: {', '.join(strange)}")
        return self


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


S = TypeVar("S", bound=Section)


def presets() -> list[str]:
    """Names of the mappings that are shipped."""
    return sorted(path.stem for path in LIBRARY.glob("*.yaml") if path.stem != "assumed")


def read_mapping(mapping: str | Path) -> Mapping:
    """The shipped mapping of that name, or the one in a YAML file."""
    if isinstance(mapping, str) and mapping in presets():
        return _read(LIBRARY / f"{mapping}.yaml", Mapping)[0]
    path = Path(mapping)
    if path.suffix.lower() not in (".yaml", ".yml"):
        close = difflib.get_close_matches(str(mapping), presets(), n=1)
        hint = f"Did you mean {close[0]}?" if close else f"Shipped: {', '.join(presets())}; or name a YAML file."
        raise UsageError(f"--mapping: there is no mapping {str(mapping)!r}. {hint}")
    return _read(path, Mapping)[0]


def read_assumed() -> tuple[Assumed, Any]:
    """The sourced defaults, and the same as YAML nodes with their comments."""
    return _read(LIBRARY / "assumed.yaml", Assumed)


def _read(path: Path, kind: type[S]) -> tuple[S, Any]:
    try:
        node = YAML().load(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise PlanFileError([Problem(path.name, "", "there is no such file")]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise PlanFileError([Problem(path.name, "", f"cannot be read: {error}")]) from None
    except RecursionError:
        raise PlanFileError([Problem(path.name, "", "is nested too deeply")]) from None
    except YAMLError as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        place = f"{path.name}:{mark.line + 1}" if mark else path.name
        reason = (error.problem if isinstance(error, MarkedYAMLError) else None) or "this is not YAML"
        raise PlanFileError([Problem(place, "", str(reason))]) from None
    try:
        return kind.model_validate(node), node
    except ValidationError as error:
        raise PlanFileError([_problem(path.name, node, kind, dict(item)) for item in error.errors()]) from None


def _problem(file: str, node: Any, kind: type[Section], item: dict[str, Any]) -> Problem:
    keys = [part for part in item["loc"] if part != "[key]"]
    remedy = ""
    if item["type"] == "extra_forbidden":
        message = "unknown key"
        close = difflib.get_close_matches(str(keys[-1]), _siblings(kind, keys[:-1]), n=1)
        remedy = f"Did you mean {close[0]}?" if close else ""
    elif item["type"] == "missing":
        message = "is missing"
    else:
        message = str(item["msg"]).removeprefix("Value error, ")
    return Problem(f"{file}:{_line(node, keys)}", ".".join(map(str, keys)), message, remedy)


def _siblings(kind: type[Section], keys: list[Any]) -> list[str]:
    """Keys that are known where ``keys`` leads."""
    for key in keys:
        field = kind.model_fields.get(str(key))
        if field is None or not isinstance(field.annotation, type) or not issubclass(field.annotation, Section):
            return []
        kind = field.annotation
    return list(kind.model_fields)


def _line(node: Any, keys: list[Any]) -> int:
    """Line of the deepest key that is there."""
    line = 1
    for key in keys:
        try:
            position = (node.lc.item if isinstance(key, int) else node.lc.key)(key)
            node, line = node[key], position[0] + 1
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return line
