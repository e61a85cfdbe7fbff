"""Rules after an allocation: how each stands, and what it would bring to move it, or demand, or hours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from reports.pages.parts import row
from reports.specs import Block, Column, Mark, Row, Table, Tone
from reports.translating import translated
from reports.wording import Wording
from studies.allocation.results import Point, ResourceRow, RuleRow

__all__ = ["group_name", "member_name", "missed_rules", "prices_table", "resources_table", "rules_table", "step_name"]

_TONES: Mapping[str, Tone] = {"broken": "bad", "relaxed": "warning"}
_A_FEW = 6
"""Members of one rule that miss it, up to which each has a row."""


def rules_table(words: Wording, title: str, rules: Sequence[RuleRow]) -> Table:
    """A row per rule; of one that holds for every rep or region, a few members that miss it have a row of their own."""
    columns = (
        Column(words.say("column.rule")),
        Column(words.say("column.firmness"), least=6),
        Column(words.say("column.left"), "figure"),
        Column(words.say("column.right"), "figure"),
        Column(words.say("column.status"), least=10),
    )
    groups: dict[tuple[str, str, str, bool], list[RuleRow]] = {}
    missing = Counter((rule.id, rule.status) for rule in rules)
    for rule in rules:
        is_missed = rule.status in ("relaxed", "broken")
        many = missing[rule.id, rule.status] > _A_FEW
        apart = ("" if many else rule.member) if is_missed else ""
        groups.setdefault((rule.id, rule.sentence, apart, is_missed), []).append(rule)
    sizes = Counter((rule.id, rule.sentence) for rule in rules)
    lines = tuple(_row(words, members, sizes[key[:2]], key[2]) for key, members in groups.items())
    return Table(words.say(title), columns, lines, (words.say("rules.note"),))


def missed_rules(words: Wording, title: str, rules: Sequence[RuleRow]) -> list[Block]:
    """Rules that an allocation does not keep; nothing where it keeps them all."""
    return [rules_table(words, title, rules)] if rules else []


def _row(words: Wording, members: Sequence[RuleRow], of: int, apart: str) -> Row:
    first = members[0]
    status = words.choose("status", first.status, first.status)
    if first.status in ("relaxed", "broken"):
        status = words.say("rules.missed", status=status, amount=words.money(sum(rule.gap for rule in members)))
        if len(members) > 1:
            status = words.say("rules.of_many", status=status, n=len(members), all=of)
    elif of > 1:
        status = words.say("rules.of_many", status=_statuses(words, members), n=len(members), all=of)
    return row(
        words.say("rules.rule", id=member_name(first.id, apart), sentence=translated(first.sentence, words)),
        words.say(f"firmness.{first.firmness}"),
        words.money(sum(rule.left for rule in members)),
        words.money(sum(rule.right for rule in members)),
        Mark(status, _TONES.get(first.status, "plain")),
    )


def prices_table(words: Wording, rules: Sequence[RuleRow], with_ranges: bool = False) -> Table:
    """What a step of each rule brings; rules that bring nothing are left out, members that agree share a row."""
    columns = (
        Column(words.say("column.rule"), least=16),
        Column(words.say("column.step"), least=19),
        Column(words.say("column.contribution"), "figure"),
        Column(words.say("column.missed"), "figure"),
        Column(words.say("column.holds_to"), "figure"),
    )
    members: dict[tuple[str, str, str, str, str], list[str]] = {}
    for rule in rules:
        for point in rule.price:
            gains = words.signed_money(point.contribution), words.signed_money(point.relaxation)
            if gains != ("0", "0"):
                end = _end(words, rule, point) if with_ranges else ""
                members.setdefault((rule.id, step_name(words, point), *gains, end), []).append(rule.member)
    sizes = Counter(rule.id for rule in rules)
    lines = tuple(
        row(_members(words, rule_id, named, sizes[rule_id]), *cells) for (rule_id, *cells), named in members.items()
    )
    notes = [words.say("prices.note" if lines else "prices.none")]
    if lines and with_ranges:
        notes.append(words.say("prices.ranges_note"))
    return Table(words.say("prices.title"), columns, lines, tuple(notes))


def _end(words: Wording, rule: RuleRow, point: Point) -> str:
    """Up or down to which a price holds."""
    end = rule.holds_to if point.step > 0 else rule.holds_from
    if end is None:
        return words.say("prices.no_end")
    return words.percent(end) if point.unit == "ratio" else words.money(end)


def step_name(words: Wording, point: Point, signed: bool = True) -> str:
    """One step, as +1 percentage point, −10,000 or +1 hour."""
    size = abs(point.step) * (100 if point.unit == "ratio" else 1)
    text = words.say(f"step.{point.unit}", n=words.figure(size))
    return f"{'+' if point.step > 0 else '−'}{text}" if signed else text


def resources_table(words: Wording, resources: Sequence[ResourceRow], with_ranges: bool = False) -> Table:
    """What a step more or less of demand or hours brings to the contribution, soft rules being what they are.

    Cells of products and regions are left to ``--json``, steps that change nothing are left out.
    """
    columns = (
        Column(words.say("column.what")),
        Column(words.say("column.there"), "figure"),
        Column(words.say("column.step_more"), "figure"),
        Column(words.say("column.step_less"), "figure"),
        Column(words.say("column.range"), "figure", gives_way=1),
    )
    shown = [entry for entry in resources if entry.kind != "demand of a cell" and any(_gains(words, entry))]
    lines = tuple(
        row(
            words.say(f"resources.{entry.kind}", id=entry.id),
            words.money(entry.there),
            *_gains(words, entry),
            _between(words, entry) if with_ranges else "",
        )
        for entry in shown
    )
    notes = [words.say("resources.note", steps=words.listed(_steps(words, shown)))] if lines else []
    if not lines:
        notes.append(words.say("resources.none"))
    elif not any(entry.kind == "hours" for entry in shown):
        notes.append(words.say("resources.no_hours"))
    return Table(words.say("resources.title"), columns, lines, tuple(notes))


def _gains(words: Wording, entry: ResourceRow) -> tuple[str, str]:
    """Of a step more and a step less; empty where nothing is gained or lost."""
    more = less = ""
    for point in entry.price:
        gain = words.signed_money(point.contribution)
        gain = "" if gain == "0" else gain
        more, less = (gain, less) if point.step > 0 else (more, gain)
    return more, less


def _between(words: Wording, entry: ResourceRow) -> str:
    ends = (entry.holds_from, entry.holds_to)
    low, high = (words.say("prices.no_end") if end is None else words.money(end) for end in ends)
    return words.say("resources.between", low=low, high=high)


def _steps(words: Wording, entries: Iterable[ResourceRow]) -> list[str]:
    return list(dict.fromkeys(step_name(words, point, signed=False) for entry in entries for point in entry.price))


def group_name(words: Wording, group: str) -> str:
    """What ``rule:T5``, ``lock:…``, ``hours:R01`` or ``total quota`` is called."""
    kind, _, id_ = group.partition(":")
    key = f"group.{kind}"
    return words.say(key, id=id_) if key in words.sentences else group


def member_name(rule: str, member: str) -> str:
    """A rule, with the rep or region that a row of it is about."""
    return f"{rule} {member}".strip()


def _members(words: Wording, rule_id: str, members: Sequence[str], of: int) -> str:
    if not any(members):
        return rule_id
    if len(members) == of:
        return words.say("prices.each", rule=rule_id)
    return f"{rule_id} {words.listed(members)}"


def _statuses(words: Wording, members: Sequence[RuleRow]) -> str:
    return words.listed(dict.fromkeys(words.choose("status", rule.status, rule.status) for rule in members))
