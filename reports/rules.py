"""Rules after an allocation: how each stands, and what it would bring to move it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from reports.parts import row
from reports.specs import Block, Column, Mark, Row, Table, Tone
from reports.wording import Wording
from studies.results import RuleRow

__all__ = ["missed_rules", "prices_table", "rules_table"]

_TONES: Mapping[str, Tone] = {"broken": "bad", "relaxed": "warning"}


def rules_table(words: Wording, title: str, rules: Sequence[RuleRow]) -> Table:
    """A row per rule; of one that holds for every rep or region, members that miss it have a row of their own."""
    columns = (
        Column(words.say("column.rule")),
        Column(words.say("column.firmness"), least=6),
        Column(words.say("column.left"), "figure"),
        Column(words.say("column.right"), "figure"),
        Column(words.say("column.status"), least=10),
    )
    groups: dict[tuple[str, str, str], list[RuleRow]] = {}
    for rule in rules:
        apart = rule.member if rule.status in ("relaxed", "broken") else ""
        groups.setdefault((rule.id, rule.sentence, apart), []).append(rule)
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
    elif of > 1:
        status = words.say("rules.of_many", status=_statuses(words, members), n=len(members), all=of)
    return row(
        words.say("rules.rule", id=f"{first.id} {apart}".strip(), sentence=first.sentence),
        words.say(f"firmness.{first.firmness}"),
        words.money(sum(rule.left for rule in members)),
        words.money(sum(rule.right for rule in members)),
        Mark(status, _TONES.get(first.status, "plain")),
    )


def prices_table(words: Wording, rules: Sequence[RuleRow]) -> Table:
    """What a step of each rule brings; rules that bring nothing are left out, members that agree share a row."""
    columns = (
        Column(words.say("column.rule")),
        Column(words.say("column.step")),
        Column(words.say("column.contribution"), "figure"),
        Column(words.say("column.missed"), "figure"),
    )
    members: dict[tuple[str, str, str, str], list[str]] = {}
    for rule in rules:
        for point in rule.price:
            gains = words.signed_money(point.contribution), words.signed_money(point.relaxation)
            if gains != ("0", "0"):
                members.setdefault((rule.id, point.change, *gains), []).append(rule.member)
    sizes = Counter(rule.id for rule in rules)
    lines = tuple(
        row(_members(words, rule_id, named, sizes[rule_id]), change, contribution, missed)
        for (rule_id, change, contribution, missed), named in members.items()
    )
    return Table(words.say("prices.title"), columns, lines, (words.say("prices.note" if lines else "prices.none"),))


def _members(words: Wording, rule_id: str, members: Sequence[str], of: int) -> str:
    if not any(members):
        return rule_id
    if len(members) == of:
        return words.say("prices.each", rule=rule_id)
    return f"{rule_id} {words.listed(members)}"


def _statuses(words: Wording, members: Sequence[RuleRow]) -> str:
    return words.listed(dict.fromkeys(words.choose("status", rule.status, rule.status) for rule in members))
