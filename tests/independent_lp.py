"""The allocation once more, written from docs/model.md for SciPy's linprog: five stages, sparse rows.

It shares the plan's expectations (demand, gains, hours, potentials) with the optimiser and nothing else: rules are read
from the plan by a few lines here, an absolute value is one variable and two inequalities, no sum has a variable.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from optimizer.data import prepare
from scenarios.plan import Plan
from scenarios.rules import Cells, Ratio, Rule

WEIGHTS = {1: 100, 2: 10, 3: 1}
Terms = dict[int, float]


class IndependentLP:
    """minimise c.v subject to A v <= b, E v = f, v >= 0; columns q, y, x, two for each soft row, z, w, distances."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.data = plan, prepare(plan)
        self.cells = list(self.data.cells.quota)
        self.y, self.x = len(self.cells), 2 * len(self.cells)
        self.width = self.x + len(self.data.segments)
        self.less: list[tuple[Terms, float]] = []
        self.equal: list[tuple[Terms, float]] = []
        self.weights: Terms = {}
        self.quota_cells_decided: set[int] = set()
        self._state_data_limits()
        for rule in plan.rules:
            self._state_rule(rule)
        for lock in plan.locks:
            terms = self.sum_of(lock.cells, {})
            self.equal.append((terms, lock.amount))
            if lock.cells.over == "quota":
                self.quota_cells_decided |= terms.keys()
        if len(self.quota_cells_decided) < len(self.cells):
            self.equal.append((dict.fromkeys(range(len(self.cells)), 1.0), plan.target))

    def new(self) -> int:
        self.width += 1
        return self.width - 1

    def attributes(self, over: str) -> list[tuple[int, dict[str, str]]]:
        """Columns of a quantity with what rules may pick them by; a budget cell has a column for each band."""
        plan = self.plan
        if over == "budget":
            return [
                (
                    self.x + n,
                    {
                        "region": s.region,
                        "maturity": plan.region[s.region].maturity,
                        "activity": s.activity,
                        "pool": plan.activity[s.activity].pool,
                        "customer_tier": plan.activity[s.activity].customer_tier or "",
                        "cell": f"{s.region}/{s.activity}",
                    },
                )
                for n, s in enumerate(self.data.segments)
            ]
        return [
            (
                (0 if over == "quota" else self.y) + n,
                {
                    "product": p,
                    "product_tier": plan.product[p].tier,
                    "region": r,
                    "maturity": plan.region[r].maturity,
                    "rep": s,
                    "rep_tier": plan.rep[s].tier,
                    "cell": f"{p}/{r}/{s}",
                },
            )
            for n, (p, r, s) in enumerate(self.cells)
        ]

    def sum_of(self, cells: Cells, member: Mapping[str, str]) -> Terms:
        wanted = {
            name: set(values) for name in type(cells.where).model_fields if (values := getattr(cells.where, name))
        }
        return {
            place: 1.0
            for place, own in self.attributes(cells.over)
            if all(own[name] == value for name, value in member.items())
            and all(own[name] in values for name, values in wanted.items())
        }

    def _state_data_limits(self) -> None:
        data, plan = self.data, self.plan
        for row, p in enumerate(data.products):
            for column, r in enumerate(data.regions):
                sold = {self.y + n: 1.0 for n, cell in enumerate(self.cells) if cell[:2] == (p, r)}
                gains = {self.x + n: -s.gain[row] for n, s in enumerate(data.segments) if s.region == r}
                if sold:
                    self.less.append((sold | gains, float(sum(d[row, column] for d in data.demand.values()))))
        for number, rep in enumerate(data.reps):
            work = {
                self.y + n: float(data.hours_per_money[data.products.index(p), data.regions.index(r)])
                for n, (p, r, s) in enumerate(self.cells)
                if s == rep
            }
            duty = {self.x + n: s.duty[rep] for n, s in enumerate(data.segments) if rep in s.duty}
            self.less.append((work | duty, max(float(data.hours[number]), 0.0)))
        for n, segment in enumerate(data.segments):
            if segment.capacity is not None:
                self.less.append(({self.x + n: 1.0}, segment.capacity))
        for pool in plan.money.pools:
            of_pool = [n for n, s in enumerate(data.segments) if plan.activity[s.activity].pool == pool.id]
            self.less.append(({self.x + n: 1.0 for n in of_pool}, pool.amount))

    def _members(self, rule: Rule) -> list[tuple[dict[str, str], float]]:
        """Members of a rule with their ratios; regions that nobody covers and planned amounts count too."""
        if rule.each is None:
            assert isinstance(rule.ratio, float)
            return [({}, rule.ratio)]
        found: dict[str, dict[str, str]] = {}
        picked = self.sum_of(rule.left, {})
        for place, own in self.attributes(rule.left.over):
            if place in picked and own[rule.each]:
                found.setdefault(own[rule.each], own)
        ratio = rule.ratio
        if not isinstance(ratio, Ratio):
            return [({rule.each: member}, ratio) for member in found]
        if ratio.proportional_to:
            planned: dict[str, float] = {}
            for region in self.plan.regions:
                member = region.id if rule.each == "region" else region.maturity
                planned[member] = planned.get(member, 0.0) + region.base_amount
            return [({rule.each: m}, amount / sum(planned.values())) for m, amount in planned.items()]
        values = {member: ratio.values[own[str(ratio.by)]] for member, own in found.items()}
        scale = sum(values.values()) if ratio.normalised else 1.0
        return [({rule.each: member}, value / scale) for member, value in values.items()]

    def _state_rule(self, rule: Rule) -> None:
        for member, ratio in self._members(rule):
            terms = self.sum_of(rule.left, member)
            if (
                rule.firmness == "hard"
                and rule.sense == "="
                and rule.left.over == "quota"
                and not isinstance(rule.right, Cells)
            ):
                self.quota_cells_decided |= terms.keys()
            constant = 0.0
            if isinstance(rule.right, Cells):
                for place, factor in self.sum_of(rule.right, {}).items():
                    terms[place] = terms.get(place, 0.0) - ratio * factor
            elif rule.amount is not None:
                constant = ratio * rule.amount
            else:
                constant = ratio * self.plan.target / (len(self.plan.reps) if rule.right == "target_per_head" else 1)
            if rule.firmness == "soft":
                for factor in (1.0,) if rule.sense == ">=" else (-1.0,) if rule.sense == "<=" else (1.0, -1.0):
                    slack = self.new()
                    terms[slack] = factor
                    self.weights[slack] = WEIGHTS[rule.priority]
            sign = -1.0 if rule.sense == ">=" else 1.0
            rows = self.equal if rule.sense == "=" else self.less
            rows.append(({k: sign * f for k, f in terms.items()}, sign * constant))

    def _distance(self, terms: Terms) -> int:
        """A column that is at least the absolute value of a sum."""
        place = self.new()
        self.less.append((terms | {place: -1.0}, 0.0))
        self.less.append(({k: -f for k, f in terms.items()} | {place: -1.0}, 0.0))
        return place

    def _fairness(self) -> tuple[Terms, Terms, Terms]:
        """Objectives of the last three stages."""
        data = self.data
        floor = 0.01 * float(np.mean(data.potential)) or 1.0
        of_rep: dict[str, list[int]] = {rep: [] for rep in data.reps}
        of_pair: dict[tuple[str, str], list[int]] = {}
        for n, (p, r, s) in enumerate(self.cells):
            of_rep[s].append(n)
            of_pair.setdefault((p, r), []).append(n)
        own = {rep: max(sum(float(data.potential[n]) for n in cells), floor) for rep, cells in of_rep.items()}
        whole = sum(own.values())
        z, w = self.new(), self.new()
        even: Terms = {}
        for rep, cells in of_rep.items():
            share = own[rep] / whole
            d = self._distance({n: (s == rep) - share for n, (_, _, s) in enumerate(self.cells)})
            self.less.append(({d: 1.0, z: -own[rep]}, 0.0))
            even[d] = 1.0
            for n in cells:
                part = float(data.potential[n]) / own[rep]
                d = self._distance({k: (k == n) - part for k in cells})
                self.less.append(({d: 1.0, w: -max(float(data.potential[n]), floor)}, 0.0))
                even[d] = 1.0
        for cells in of_pair.values():
            total = sum(float(data.potential[n]) for n in cells)
            for n in cells:
                share = float(data.potential[n]) / total if total > 0 else 1 / len(cells)
                even[self._distance({self.y + k: (k == n) - share for k in cells})] = 1.0
        return {z: 1.0}, {w: 1.0}, even

    def minimise(self, costs: Terms) -> float | None:
        def matrix(rows: list[tuple[Terms, float]]) -> tuple[Any, Any]:
            if not rows:
                return None, None
            place = [(n, k, f) for n, (terms, _) in enumerate(rows) for k, f in terms.items()]
            row, column, factor = zip(*place, strict=True)
            return csr_array((factor, (row, column)), shape=(len(rows), self.width)), [bound for _, bound in rows]

        (less, most), (equal, equals) = matrix(self.less), matrix(self.equal)
        vector = [costs.get(place, 0.0) for place in range(self.width)]
        options = {"primal_feasibility_tolerance": 1e-9, "dual_feasibility_tolerance": 1e-9}
        found = linprog(vector, A_ub=less, b_ub=most, A_eq=equal, b_eq=equals, method="highs", options=options)
        return float(found.fun) if found.success else None

    def stages(self) -> list[float] | None:
        """Values of the five stages; None where nothing is feasible. Evenness leaves money without a response out."""
        data = self.data
        contribution = {
            self.y + n: -float(data.contribution_rate[data.products.index(p), data.regions.index(r)])
            for n, (p, r, _) in enumerate(self.cells)
        } | {self.x + n: 1.0 for n in range(len(data.segments))}
        reached: list[float] = []
        holds = [1e-12, 1e-11, 1e-10, 1e-9, 1e-8]
        objectives = (self.weights, contribution, *self._fairness())
        rows = list(self.less)
        while len(reached) < len(objectives):
            kept = [(c, v + holds[0] * max(abs(v), 1)) for c, v in zip(objectives, reached, strict=False)]
            self.less = rows + kept
            value = self.minimise(objectives[len(reached)])
            if value is not None:
                reached.append(value)
            elif not reached:
                return None
            else:  # the solver's own tolerance does not let it find the optimum again
                del holds[0]
        return [reached[0], -reached[1], *reached[2:]]
