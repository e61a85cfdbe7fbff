"""The page of an allocation: what is asked of whom, where the money goes, which rules decide it and at what price."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rich.cells import cell_len

from reports.pages.parts import allocation_name, changes, money_title, named, row
from reports.pages.rules import prices_table, resources_table, rules_table
from reports.specs import Block, Card, Column, Heading, Listing, Mark, Page, Row, Sentence, Table
from reports.translating import translated
from reports.wording import Wording
from studies.allocation.results import AllocateResult, QuotaRow

__all__ = ["allocation_page"]


def allocation_page(result: AllocateResult, words: Wording, source: str = "PLAN", is_part: bool = False) -> Page:
    """Everything that an allocation says; as part of a run without what the simulation says better."""
    blocks: list[Block] = [
        Heading(
            words.say("allocate.part") if is_part else words.say("allocate.title", plan=result.plan),
            words.say(
                "allocate.detail",
                allocation=allocation_name(result.allocation_name, words),
                solver=result.solver,
                seconds=f"{result.seconds:.1f}",
                currency=words.currency(result.currency),
            ),
        ),
        *_status(result, words),
        *_cards(result, words),
        *([] if is_part else changes(words, "changes.title", result.changes)),
        _by_product(result, words),
        _reps(result, words),
        *_fairness(result, words),
    ]
    if not is_part:
        blocks.append(_reps_by_product(result, words))
    if result.budget:
        blocks.append(_budget(result, words))
    if result.pools:
        blocks += [_pools(result, words), *_unspent(result, words)]
    if is_part:
        blocks += _rules_given_up(result, words, source)
    else:
        blocks += [rules_table(words, "rules.title", result.rules), *_prices(result, words)]
        blocks += [_stages(result, words), *_sources(result, words)]
        blocks += _rounding(result, words)
    blocks += _findings(result, words, source, is_part)
    return Page(tuple(blocks))


def _status(result: AllocateResult, words: Wording) -> list[Block]:
    if result.status == "optimal":
        return [Sentence(words.say("allocate.optimal"), "good")]
    return [Sentence(words.say("allocate.status", status=result.status), "warning")]


def _cards(result: AllocateResult, words: Wording) -> list[Card]:
    target = result.target
    over = result.over_assignment
    assigned = "allocate.exact" if abs(over) < 5e-7 else "allocate.over" if over > 0 else "allocate.under"
    return [
        Card(words.say("card.target"), words.money(target), words.currency(result.currency)),
        Card(
            words.say("card.quotas"),
            words.money(result.total_quota),
            words.say(
                assigned,
                share=words.percent(result.total_quota / target),
                by=words.percent(abs(result.over_assignment)),
            ),
        ),
        Card(
            words.say("card.expected"),
            words.money(result.expected_signed),
            words.say("allocate.expected", share=words.percent(result.expected_signed / target)),
        ),
        Card(
            words.say("card.contribution"),
            words.money(result.expected_contribution),
            words.say("allocate.contribution"),
        ),
    ]


def _sums(quotas: Iterable[QuotaRow], key: Callable[[QuotaRow], str]) -> dict[str, tuple[float, float]]:
    sums: dict[str, tuple[float, float]] = {}
    for cell in quotas:
        quota, expected = sums.get(key(cell), (0.0, 0.0))
        sums[key(cell)] = quota + cell.quota, expected + cell.expected
    return sums


def _named(result: AllocateResult, kind: str, entry: str) -> str:
    return named(entry, result.names.get(kind, {}).get(entry, ""), " ")


def _by_product(result: AllocateResult, words: Wording) -> Table:
    """Products, then regions, in one table: both add up to the same total."""
    columns = (
        Column(""),
        Column(words.say("column.quota"), "figure"),
        Column(words.say("column.share"), "figure"),
        Column(words.say("column.expected"), "figure"),
        Column(words.say("column.expected_of_quota"), "figure", gives_way=1),
    )
    rows: list[Row] = []
    total = result.total_quota
    groups: tuple[tuple[str, str, Callable[[QuotaRow], str]], ...] = (
        ("allocate.products", "product", lambda cell: cell.product),
        ("allocate.regions", "region", lambda cell: cell.region),
    )
    for heading, kind, key in groups:
        rows.append(row(words.say(heading), "", "", "", "", strong=True))
        for name, (quota, expected) in _sums(result.quotas, key).items():
            share = words.percent(quota / total) if total > 0 else ""
            ratio = words.percent(expected / quota, 0) if quota > 0 else ""
            rows.append(row(f"  {_named(result, kind, name)}", words.money(quota), share, words.money(expected), ratio))
    expected = sum(cell.expected for cell in result.quotas)
    ratio = words.percent(expected / total, 0) if total > 0 else ""
    rows.append(row(words.say("total"), words.money(total), "", words.money(expected), ratio, strong=True))
    return Table(words.say("allocate.by_product"), columns, tuple(rows))


def _reps(result: AllocateResult, words: Wording) -> Table:
    columns = (
        Column(words.say("column.rep")),
        Column(words.say("column.tier"), gives_way=1),
        Column(words.say("column.quota"), "figure"),
        Column(words.say("column.potential"), "figure", gives_way=3),
        Column(words.say("column.stretch"), "figure"),
        Column(words.say("column.expected"), "figure", gives_way=2),
        Column(words.say("column.hours"), "figure", gives_way=4),
        Column(words.say("column.load"), "figure"),
    )
    rows = []
    for rep in result.reps:
        hours = f"{words.money(rep.hours_needed)}/{words.money(rep.hours_there)}"
        load = rep.hours_needed / rep.hours_there if rep.hours_there > 0 else None
        load_text = "" if load is None else words.percent(load, 0)
        rows.append(
            row(
                named(rep.rep, rep.name, " "),
                rep.tier,
                words.money(rep.quota),
                words.money(rep.potential),
                words.say("no_potential") if rep.stretch is None else words.times(rep.stretch),
                words.money(rep.expected),
                hours,
                Mark(load_text, "warning") if load is not None and load > 0.995 else load_text,
            )
        )
    return Table(words.say("allocate.by_rep"), columns, tuple(rows), (words.say("allocate.by_rep_note"),))


def _fairness(result: AllocateResult, words: Wording) -> list[Block]:
    decided = (
        words.say("allocate.fairness", fairness=words.say("decided.by", rules=words.listed(result.fairness)))
        if result.fairness
        else words.say("allocate.fair")
    )
    stretched = [(rep.stretch, rep.rep) for rep in result.reps if rep.stretch is not None]
    potential = sum(rep.potential for rep in result.reps)
    if not stretched or potential <= 0:
        return [Sentence(decided)]
    (least, least_rep), (most, most_rep) = min(stretched), max(stretched)
    runs = words.say(
        "allocate.stretch",
        least=words.times(least),
        least_rep=least_rep,
        most=words.times(most),
        most_rep=most_rep,
        mean=words.times(result.total_quota / potential),
    )
    return [Sentence(words.joined(decided, runs))]


def _reps_by_product(result: AllocateResult, words: Wording) -> Table:
    products = list(dict.fromkeys(cell.product for cell in result.quotas))
    cells = _sums(result.quotas, lambda cell: f"{cell.rep}\0{cell.product}")
    totals = _sums(result.quotas, lambda cell: cell.rep)
    names = {rep.rep: rep.name for rep in result.reps}
    scale = words.scale(quota for quota, _ in totals.values())
    rows = [
        row(
            named(rep, names.get(rep, rep), " "),
            *(scale.of(cells.get(f"{rep}\0{product}", (0.0, 0.0))[0]) for product in products),
            scale.of(total),
        )
        for rep, (total, _) in sorted(totals.items())
    ]
    by_product = _sums(result.quotas, lambda cell: cell.product)
    sums = (scale.of(by_product[product][0]) for product in products)
    rows.append(row(words.say("total"), *sums, scale.of(result.total_quota), strong=True))
    columns = (
        Column(words.say("column.rep")),
        *(Column(product, "figure", gives_way=1) for product in products),
        Column(words.say("total"), "figure"),
    )
    title = money_title(words, "allocate.rep_by_product", scale, result.currency)
    return Table(title, columns, tuple(rows))


def _short_name(result: AllocateResult, region: str) -> str:
    """A region at the head of a column of amounts: by its name where that is no wider than its id."""
    name = result.names.get("region", {}).get(region, region)
    return name if cell_len(name) <= max(cell_len(region), _AMOUNT) else region


_AMOUNT = 7
"""Cells of an amount, which a column is wide in any case."""


def _budget(result: AllocateResult, words: Wording) -> Table:
    regions = list(dict.fromkeys(cell.region for cell in result.budget))
    activities = list(dict.fromkeys(cell.activity for cell in result.budget))
    amounts = {(cell.region, cell.activity): cell.amount for cell in result.budget}
    columns = (
        Column(words.say("column.activity")),
        *(Column(_short_name(result, region), "figure", gives_way=1) for region in regions),
        Column(words.say("total"), "figure"),
    )

    def line(name: str, values: Sequence[float], strong: bool = False) -> Row:
        return row(name, *(words.money(v) if v else "" for v in values), words.money(sum(values)), strong=strong)

    rows = [
        line(_activity(result, activity), [amounts.get((region, activity), 0.0) for region in regions])
        for activity in activities
    ]
    rows = [entry for entry in rows if any(entry.cells[1:-1])]
    sums = [sum(amounts.get((region, activity), 0.0) for activity in activities) for region in regions]
    rows.append(line(words.say("total"), sums, strong=True))
    return Table(words.say("allocate.budget"), columns, tuple(rows))


def _activity(result: AllocateResult, activity: str) -> str:
    return result.names.get("activity", {}).get(activity, activity)


def _pool(result: AllocateResult, pool: str) -> str:
    return result.names.get("pool", {}).get(pool, pool)


def _pools(result: AllocateResult, words: Wording) -> Table:
    columns = (
        Column(words.say("column.pool")),
        Column(words.say("column.there"), "figure"),
        Column(words.say("column.spent"), "figure"),
        Column(words.say("column.unspent"), "figure"),
    )
    rows = tuple(
        row(
            _pool(result, pool.pool),
            words.money(pool.amount),
            words.money(pool.spent),
            Mark(words.money(pool.unspent), "warning")
            if pool.unspent >= 0.5 and not pool.held
            else words.money(pool.unspent),
        )
        for pool in result.pools
    )
    return Table(words.say("allocate.pools"), columns, rows)


def _unspent(result: AllocateResult, words: Wording) -> list[Block]:
    left = [pool for pool in result.pools if pool.unspent >= 0.5 and not pool.held]
    if not left:
        return []
    amounts = words.listed(f"{_pool(result, pool.pool)} {words.money(pool.unspent)}" for pool in left)
    return [Sentence(words.say("allocate.unspent", pools=amounts), "warning")]


def _rules_given_up(result: AllocateResult, words: Wording, source: str) -> list[Block]:
    missed = [rule for rule in result.rules if rule.status in ("relaxed", "broken")]
    kept = Sentence(words.say("rules.kept", n=len(result.rules) - len(missed), all=len(result.rules), plan=source))
    return [rules_table(words, "rules.given_up", missed), kept] if missed else [kept]


def _rounding(result: AllocateResult, words: Wording) -> list[Block]:
    rounding = result.rounding
    if rounding is None:
        return []
    if rounding.given_up:
        return [Sentence(words.say("rounding.given_up", why=rounding.given_up.rstrip(".")), "warning")]
    steps = (("rounding.quotas", rounding.quota_step), ("rounding.budgets", rounding.budget_step))
    what = words.listed(words.say(key, step=words.figure(step)) for key, step in steps if step > 0)
    text = words.say(
        "rounding.done",
        what=what,
        cell=words.figure(rounding.largest_cell),
        total=words.signed_money(rounding.total_quota),
        contribution=words.signed_money(rounding.contribution),
    )
    if rounding.missed:
        missed = words.say("rounding.missed", rule=rounding.missed, amount=words.figure(rounding.largest_miss))
        text = words.joined(text, missed)
    return [Sentence(text)]


def _prices(result: AllocateResult, words: Wording) -> list[Block]:
    if result.detail == "none" and not any(rule.price for rule in result.rules):
        return [Sentence(words.say("prices.not_looked"), "quiet")]
    with_ranges = result.detail == "ranges"
    tables: list[Block] = [prices_table(words, result.rules, with_ranges)]
    if result.resources:
        tables.append(resources_table(words, result.resources, with_ranges))
    return tables


def _stages(result: AllocateResult, words: Wording) -> Table:
    columns = (
        Column(words.say("column.stage")),
        Column(words.say("column.value"), "figure"),
        Column(words.say("column.note"), gives_way=1, under=0),
    )
    rows = tuple(
        row(
            words.choose("stage", stage.stage, stage.stage),
            words.money(stage.value) if abs(stage.value) >= 100 or stage.value == 0 else f"{stage.value:.4f}",
            stage.note,
        )
        for stage in result.stages
    )
    return Table(words.say("allocate.stages"), columns, rows)


def _sources(result: AllocateResult, words: Wording) -> list[Block]:
    if not result.expected_by_source:
        return []
    columns = (Column(words.say("column.source")), Column(words.say("column.expected"), "figure"))
    rows = [
        row(words.choose("bridge", source, _activity(result, source)), words.money(amount))
        for source, amount in result.expected_by_source.items()
    ]
    return [Table(words.say("allocate.sources"), columns, tuple(rows))]


def _findings(result: AllocateResult, words: Wording, source: str, is_part: bool) -> list[Block]:
    if not result.findings:
        return []
    if is_part:
        return [Sentence(words.count("findings.count", len(result.findings), plan=source), "warning")]
    return [Listing(words.say("findings.title"), tuple(translated(text, words) for text in result.findings))]
