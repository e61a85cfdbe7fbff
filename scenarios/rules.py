"""Ratio rules as data: ``(sum of some cells) >= | <= | = ratio x (sum of other cells)``.

Cells are picked by selectors over quota, expected sales or budget. Nothing here knows a particular rule: T1, T3, T5,
R3, R5 and R7 are entries of the built-in plan.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from scenarios.fields import Amount, Id, Percent, Section

__all__ = ["Cells", "Lock", "Ratio", "Rule", "Selector"]

Quantity = Literal["quota", "expected", "budget"]
Dimension = Literal[
    "product", "product_tier", "region", "maturity", "rep", "rep_tier", "activity", "pool", "customer_tier"
]
Each = Dimension | Literal["cell"]
Basis = Literal["target", "target_per_head"]
Multiple = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False), Percent()]


class Selector(Section):
    """Picks cells; several values of a dimension mean any of them, an absent dimension means all."""

    product: tuple[Id, ...] = ()
    product_tier: tuple[Id, ...] = ()
    region: tuple[Id, ...] = ()
    maturity: tuple[Id, ...] = ()
    rep: tuple[Id, ...] = ()
    rep_tier: tuple[Id, ...] = ()
    customer_tier: tuple[Id, ...] = ()
    activity: tuple[Id, ...] = ()
    pool: tuple[Id, ...] = ()


class Cells(Section):
    """A sum of cells of one quantity."""

    over: Quantity
    where: Selector = Selector()


class Ratio(Section):
    """A ratio per member of the rule's ``each`` group.

    Either ``values`` by an attribute of the member (``by: rep_tier``), or shares in proportion to the regions'
    planned amounts base x (1 + growth) (``proportional_to: planned_amount``, T3).
    """

    by: Dimension | None = None
    values: dict[str, Multiple] = Field(default_factory=dict)
    proportional_to: Literal["planned_amount"] | None = None
    normalised: bool = False
    """Divide by the sum over all members, so that the ratios add up to 1 (T5 reading "exact")."""

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if (self.by is None) == (self.proportional_to is None):
            raise ValueError("give either 'by' with 'values' or 'proportional_to'")
        if (self.by is None) != (not self.values):
            raise ValueError("'by' and 'values' go together")
        return self


class Rule(Section):
    """One ratio rule or bound.

    ``left sense ratio * right``, where ``right`` is a sum of cells, a basis of the plan or, with ``amount``, a fixed
    sum of money. With ``each`` the rule holds for every member of that dimension by itself, with ``each: cell`` for
    every cell that ``left`` picks.
    """

    id: Id
    sentence: str
    """The rule as the planner would say it."""
    left: Cells
    sense: Literal[">=", "<=", "="]
    ratio: Multiple | Ratio = 1.0
    right: Cells | Basis | None = None
    amount: Amount | None = None
    each: Each | None = None
    """With ``each``, a ``right`` that is a sum of cells is taken over all of its cells, not per member."""
    firmness: Literal["hard", "soft"] = "hard"
    priority: Annotated[int, Field(ge=1, le=3)] = 1
    """Of a soft rule: 1 is given up last."""
    enabled: bool = True
    owner: str = ""
    source: str = ""

    @model_validator(mode="after")
    def _right_side(self) -> Self:
        if (self.right is None) == (self.amount is None):
            raise ValueError("give either 'right' or 'amount'")
        if isinstance(self.ratio, Ratio) and self.each is None:
            raise ValueError("a ratio per member needs 'each'")
        return self


class Lock(Section):
    """A sum that is decided by hand: these cells are exactly this amount, for a stated reason."""

    id: Id
    cells: Cells
    amount: Amount
    because: str
