"""The page of why: each quota taken apart in sentences, as a colleague would answer; all of them as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from reports.pages.parts import changes, money_in, named, row
from reports.pages.rules import group_name, member_name
from reports.specs import Block, Column, Heading, Listing, Mark, Page, Row, Sentence, Table
from reports.translating import translated
from reports.wording import Wording
from scenarios.tables import Product
from studies.allocation.explaining import ExplainResult, Explanation, FixedBy, LockEffect, Stop

__all__ = ["explanation_page", "reasons", "split_in_words"]


def explanation_page(result: ExplainResult, words: Wording, source: str = "PLAN", in_full: bool = False) -> Page:
    """Quotas in sentences (``in_full``), or a row each."""
    blocks: list[Block] = [
        Heading(words.say("why.title", plan=result.plan), money_in(words, result.currency)),
        *changes(words, "changes.title", result.changes),
    ]
    for kind in ("rep", "region"):
        rows = [entry for entry in result.rows if entry.kind == kind]
        if rows:
            blocks += [_in_full(entry, words) for entry in rows] if in_full else [_table(kind, rows, words, source)]
    return Page((*blocks, *_locks(result, words)))


def _table(kind: str, rows: Sequence[Explanation], words: Wording, source: str) -> Table:
    columns = (
        Column(words.say(f"column.{kind}")),
        Column(words.say("column.quota"), "figure"),
        Column(words.say("column.decided_by"), least=6),
        Column(words.say("column.potential"), "figure", gives_way=1),
        Column(words.say("column.stretch"), "figure"),
        Column(words.say("column.higher"), least=10),
        Column(words.say("column.lower"), least=10),
    )
    lines = tuple(
        row(
            named(entry.id, entry.name, " "),
            words.money(entry.quota),
            words.listed(fixed.id.removeprefix("lock:") for fixed in entry.fixed_by) or words.say("why.fairness"),
            words.money(entry.potential),
            words.times(entry.stretch),
            _short(entry, entry.higher, words),
            _short(entry, entry.lower, words),
        )
        for entry in rows
    )
    step = max(entry.higher.step for entry in rows)
    note = words.say("why.table_note", step=words.money(step), plan=source, kind=kind, example=rows[0].id)
    return Table(words.say(f"why.{kind}s"), columns, lines, (note,))


def _short(entry: Explanation, stop: Stop, words: Wording) -> str:
    if stop.reason == "rules":
        if {*stop.rules} <= {*_fixing(entry)}:
            return words.say("why.short.fixed")
        return words.say("why.short.rules", rules=words.listed(group_name(words, group) for group in stop.rules))
    if stop.reason == "soft rules":
        missed = dict.fromkeys(given.id for given in stop.relaxed if given.amount > 0)
        return words.say("why.short.soft rules", rules=words.listed(missed))
    if stop.reason == "contribution":
        return words.say("why.short.contribution", amount=words.money(abs(stop.contribution)))
    return words.say(f"why.short.{stop.reason}")


def _fixing(entry: Explanation) -> Iterable[str]:
    """Rules and locks over exactly this quota, named as what stops a push is."""
    return (fixed.id if fixed.firmness == "lock" else f"rule:{fixed.id}" for fixed in entry.fixed_by)


def _in_full(entry: Explanation, words: Wording) -> Listing:
    asked = words.say("why.asked", who=named(entry.id, entry.name, " "), quota=words.money(entry.quota))
    sentences = [
        *reasons(entry, words),
        _stretch(entry, words),
        *_stops(entry, words),
        _load(entry, words),
        _split_by_product(entry, words),
    ]
    return Listing(asked, tuple(sentences))


def reasons(entry: Explanation, words: Wording) -> list[str]:
    """What sets a quota, and what it is to be made of: the part of the answer that its owner is told."""
    fixed = [_fixed(fixed, words) for fixed in entry.fixed_by] or [words.say("why.only_fairness")]
    return [*fixed, *_rounded(entry, words), _potential(entry, words)]


def _rounded(entry: Explanation, words: Wording) -> list[str]:
    """That what is asked is not to the unit what the rules say, and why."""
    if words.money(entry.quota) == words.money(entry.before_rounding):
        return []
    before, quota = words.money(entry.before_rounding), words.money(entry.quota)
    return [words.say("why.rounded", before=before, quota=quota, unit=words.money(entry.unit))]


def _fixed(fixed: FixedBy, words: Wording) -> str:
    if fixed.firmness == "lock":
        lock = fixed.id.removeprefix("lock:")
        return words.say("why.locked", id=lock, amount=words.money(fixed.base), because=fixed.sentence)
    kind = "fixes" if fixed.firmness == "hard" and fixed.sense == "=" else "wishes"
    if fixed.firmness == "hard" and fixed.sense != "=":
        kind = "least" if fixed.sense == ">=" else "most"
    text = words.say(f"why.{kind}", id=fixed.id, sum=_product(fixed, words), sentence=translated(fixed.sentence, words))
    if fixed.firmness == "soft":
        end = "why.missed" if fixed.misses > 0.5 else "why.met"
        text = words.joined(text, words.say(end, amount=words.money(fixed.misses)))
    return text


def _product(fixed: FixedBy, words: Wording) -> str:
    side = words.money(fixed.ratio * fixed.base)
    if fixed.base_name == "amount":
        return side
    is_share = fixed.base_name in ("quotas", "expected sales", "budget", "target")
    return words.say(
        "why.share" if is_share else "why.product",
        ratio=words.percent(fixed.ratio) if is_share else words.figure(fixed.ratio),
        base=words.money(fixed.base),
        name=words.choose("base", fixed.base_name, fixed.base_name),
        side=side,
    )


def _potential(entry: Explanation, words: Wording) -> str:
    parts = [
        words.say(f"why.part.{part.source}", amount=words.money(part.amount))
        for part in entry.parts
        if round(part.amount) > 0
    ]
    if not parts:
        return words.say("why.no_potential", potential=words.money(entry.potential))
    return words.say("why.potential", potential=words.money(entry.potential), parts=words.listed(parts))


def _stretch(entry: Explanation, words: Wording) -> str:
    above = entry.rank - 1
    place = words.say("why.top", of=entry.of) if above == 0 else words.count("why.above", above, of=entry.of)
    return words.say(
        "why.stretch", stretch=words.times(entry.stretch), place=place, mean=words.times(entry.mean_stretch)
    )


def _stops(entry: Explanation, words: Wording) -> list[str]:
    higher, lower = entry.higher, entry.lower
    if higher.reason == "rules" and (lower.reason, lower.rules) == ("rules", higher.rules):
        rules = words.listed(group_name(words, group) for group in higher.rules)
        return [words.say("why.neither", step=words.money(higher.step), rules=rules)]
    return [_stop(higher, "higher", words), _stop(lower, "lower", words)]


def _stop(stop: Stop, way: str, words: Wording) -> str:
    if stop.reason == "zero":
        return words.say("why.zero")
    start = words.say(f"why.{way}", step=words.money(stop.step))
    return words.joined(start, _reason(stop, words))


def _reason(stop: Stop, words: Wording) -> str:
    if stop.reason == "rules":
        return words.say("why.stop.rules", rules=words.listed(group_name(words, group) for group in stop.rules))
    if stop.reason == "soft rules":
        return words.say("why.stop.soft rules", rules=words.listed(_given(stop, words)))
    if stop.reason == "contribution":
        return words.say("why.stop.contribution", amount=words.money(abs(stop.contribution)))
    return words.say(f"why.stop.{stop.reason}")


def _given(stop: Stop, words: Wording) -> Iterable[str]:
    for entry in stop.relaxed:
        key = "why.more" if entry.amount > 0 else "why.less"
        yield words.say(key, rule=member_name(entry.id, entry.member), amount=words.money(abs(entry.amount)))


def _load(entry: Explanation, words: Wording) -> str:
    load = entry.hours_needed / entry.hours_there if entry.hours_there > 0 else None
    text = words.say(
        "why.load",
        expected=words.money(entry.expected),
        share=words.percent(entry.expected / entry.quota, 0) if entry.quota > 0 else words.say("none"),
        needed=words.money(entry.hours_needed),
        there=words.money(entry.hours_there),
    )
    if load is None:
        return text
    key = "why.full" if load > 0.995 else "why.free"
    return words.joined(text, words.say(key, hours=words.money(entry.hours_there - entry.hours_needed)))


def split_in_words(entry: Explanation, products: Mapping[str, Product], words: Wording) -> str:
    """How a quota is divided among products, told to its owner: products by name, and no rule's id."""
    return words.say("why.split", products=_products(entry, words, lambda id_: named(id_, products[id_].name, " ")))


def _split_by_product(entry: Explanation, words: Wording) -> str:
    """How a quota is divided among products, and what else that depends on."""
    products = _products(entry, words, lambda id_: id_)
    if not entry.also_in:
        return words.say("why.split", products=products)
    rules = words.listed(rule.removeprefix("lock:") for rule in entry.also_in)
    return words.say("why.split_by", products=products, rules=rules)


def _products(entry: Explanation, words: Wording, called: Callable[[str], str]) -> str:
    return words.listed(
        words.say("why.product_share", product=called(product), quota=words.money(quota), share=words.percent(share, 0))
        for product, quota, share in sorted(entry.by_product, key=lambda part: -part[1])
    )


def _locks(result: ExplainResult, words: Wording) -> list[Block]:
    if not result.locks:
        return []
    columns = (
        Column(words.say("column.lock")),
        Column(words.say("column.because"), gives_way=1, under=0),
        Column(words.say("column.calculated"), "figure"),
        Column(words.say("column.locked"), "figure"),
        Column(words.say("column.moved_by"), "figure"),
    )
    lines = tuple(_lock(lock, words) for lock in result.locks)
    cost = words.say(
        "why.locks_cost",
        contribution=words.signed_money(result.locks_contribution),
        relaxation=words.signed_money(result.locks_relaxation),
    )
    return [Table(words.say("why.locks"), columns, lines), Sentence(cost)]


def _lock(lock: LockEffect, words: Wording) -> Row:
    moved = words.signed_money(lock.locked - lock.calculated)
    return row(lock.id, lock.because, words.money(lock.calculated), Mark(words.money(lock.locked), "warning"), moved)
