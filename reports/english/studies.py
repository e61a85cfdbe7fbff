"""Studies on identical futures: stress test and comparison."""

from __future__ import annotations

__all__ = ["SENTENCES"]

SENTENCES: dict[str, str] = {
    # stress
    "stress.title": "Stress test · {plan}",
    "stress.part": "Stress test",
    "stress.headline": "Chance of reaching {target}: {without} if no risk strikes, {chance} with all risks and no "
    "contingency plan.",
    "stress.forced": "Forced to strike: {forced}. The chances are those of a quarter in which this happens.",
    "stress.risks": "What each risk costs",
    "stress.risks_note": "Signed amount lost: the same futures without the risk less with it, ± half the 95% interval.",
    "stress.plans": "What each contingency plan is worth",
    "stress.by_contribution": "Net gain is contribution with the plan less without it, after its cost: retainer, "
    "activations and uses. Buy: the whole interval is above zero.",
    "stress.by_signed": "Net gain is in contribution, after the plan's cost. The verdict is about the signed amount "
    "less that cost. Buy: the whole interval is above zero.",
    "stress.by_cash": "Net gain is in contribution, after the plan's cost. The verdict is about cash less that cost. "
    "Buy: the whole interval is above zero.",
    "stress.by_p_target": "Net gain is in contribution, after the plan's cost. The verdict is about the chance of the "
    "target, whatever the plan costs. Buy: the whole interval is above zero.",
    "stress.light": "light",
    "stress.date": "date",
    "stress.alarm": "alarm",
    "stress.undecided": "Cannot tell yet: the interval includes zero as well as what would matter, or fewer than 10 "
    "futures show a difference.",
    "stress.would_take": "A verdict would take about this many replications (--replications): {needed}.",
    "stress.needed": "{what} {n}",
    "stress.needed_many": "{what} more than {n}",
    "stress.shares": "Who has which share of the shortfall",
    "stress.shares_note": "Each risk's cost, averaged over all orders in which risks can come (Shapley), future by "
    "future; the shares add up. Alone: its cost if it were the only risk.",
    "stress.shortfall": "All of it",
    "stress.spared": "Identical futures on both sides: independent ones would have taken {low} to {high} times as many "
    "quarters for the same intervals.",
    "column.share_signed": "Share of signed",
    "column.share_cash": "Of cash",
    "column.share_chance": "Of chance",
    "column.alone": "Alone",
    "stress.runs": "{ran} quarters were simulated; {known} more were known to be the same and were not run again.",
    "too_few": "too few",
    "verdict.buy": "buy",
    "verdict.do not buy": "do not buy",
    "verdict.cannot tell yet": "cannot tell yet",
    "verdict.hurts": "hurts",
    "verdict.helps": "helps",
    "verdict.harmless": "harmless",
    "verdict.never struck": "never struck",
    "verdict.never triggered": "never triggered",
    "verdict.better": "better",
    "verdict.worse": "worse",
    "verdict.no difference": "no difference",
    "verdict.does not matter": "does not matter",
    "verdict.equivalent_note": "Does not matter: zero lies in the interval, and all of it within {size} either way "
    "(smallest_difference in the plan).",
    "verdict.cannot tell": "cannot tell",
    # what contingency plans are worth
    "value.part": "Worth of contingency plans",
    "value.title": "Worth of contingency plans · {plan}",
    "value.none": "The plan has no contingency plan.",
    "value.verdicts": "What each contingency plan is worth",
    "value.worst_note": "In bad quarters: mean gain over the tenth of futures with the least contribution without the "
    "plan.",
    "value.reserve_note": "Reserve: what the plan costs at most in 90% of futures.",
    "value.name_one": "For break-even chance, latest trigger and interactions name plans: quarterdeck value {source} "
    "--plans {plan}",
    "value.costs": "Costs {cost} on average: {retainer} retainer, {activations} activations, {uses} uses. A reserve of "
    "{reserve} is enough in 90% of futures.",
    "value.needed": "Cannot tell yet: a verdict would take about {n} replications (--replications).",
    "value.seen": "Cannot tell yet: it changed anything in {seen} futures only.",
    "value.break_even_always": "Worth its costs at any chance of {risk}: without a strike it costs nothing.",
    "value.break_even_never": "At no rate of {risk} that was tried, up to 8 times its own, is it worth its costs.",
    "value.break_even_never_certain": "{risk} strikes for certain, and even so it is not worth its costs.",
    "value.break_even_certain": "Worth its costs from a chance of {risk} of {chance} on, 95% interval {low} to {high}; "
    "the plan says that it strikes for certain.",
    "value.break_even_chance": "Worth its costs from a chance of {risk} of {chance} on; the plan says {now}. That is "
    "{factor} times its rate, 95% interval {low} to {high}.",
    "value.break_even_factor": "Worth its costs from {factor} times the rate of {risk} on, 95% interval {low} to "
    "{high}.",
    "value.below_signed": "What follows is about the signed amount less the plan's cost, as its verdict is.",
    "value.below_cash": "What follows is about cash less the plan's cost, as its verdict is.",
    "value.below_p_target": "What follows is about the chance of the target, whatever the plan costs, as its verdict "
    "is. So there is no chance of the risk from which on it pays; --criterion contribution has one.",
    "value.latest": "It may act up to about {days} working days later than planned and still be worth it (95% interval "
    "{low} to {high}).",
    "value.latest_open": "Even {days} working days later than planned it would be worth it.",
    "value.delays_contribution": "Net gain if it acts later",
    "value.delays_signed": "Signed amount gained, less the cost, if it acts later",
    "value.delays_cash": "Cash gained, less the cost, if it acts later",
    "value.delays_p_target": "Chance gained if it acts later, in points",
    "value.interactions_contribution": "With other plans: change of the net gain",
    "value.interactions_signed": "With other plans: change of the signed amount gained, less costs",
    "value.interactions_cash": "With other plans: change of the cash gained, less costs",
    "value.interactions_p_target": "With other plans: change of the chance gained, in points",
    "value.interactions_note": "How much its gain changes when the other plan is held as well. Below zero: they get in "
    "each other's way, or do the same.",
    "value.shares_resource": "same resource",
    "value.shares_trigger": "same trigger",
    "value.shares_chosen": "chosen",
    "column.in_worst": "In bad quarters",
    "column.reserve": "Reserve",
    "column.days_later": "Days later",
    "column.gains": "Gain",
    "column.other_plan": "Held as well",
    "column.shares": "Shares",
    "column.changes_gain": "Change of gain",
    # replications that a precision asked for
    "precision.share": "Shares of quarters",
    "precision.precision": "{kpi}: {asked} was asked; {n} replications, from a pilot of {pilot}, give {reached}.",
    "precision.missed": "{kpi}: {asked} was asked; {n} replications, from a pilot of {pilot}, give only {reached}. The "
    "pilot was too small to tell: ask again with a larger --replications to begin with.",
    "precision.time": "{kpi}: {asked} was asked; the time was enough for {n} replications, which give {reached}.",
    "precision.limit": "{kpi}: {asked} was asked and is out of reach; {n} replications give {reached}.",
    # comparison
    "compare.part": "Comparison",
    "compare.title": "Comparison · {plan}",
    "compare.detail": "{n} identical futures · seed {seed} · money in {currency}",
    "compare.sides": "{a} against {b}",
    "compare.keep": "B keeps A's allocation where none is given: what happens to this plan.",
    "compare.resolve": "B's allocation is decided anew: what we would plan then.",
    "compare.headline": "Chance of reaching {target}: {a} → {b}, a difference of {difference} points ({half}).",
    "compare.same": "A and B have the same inputs and decisions.",
    "compare.changes": "Inputs, A → B",
    "compare.decisions": "Decisions, A → B",
    "compare.kpis": "What it does",
    "compare.note": "B−A is the mean difference on the same futures, ± half its 95% interval.",
    "compare.spared": "Independent futures would have taken {factor} times as many replications to tell the "
    "contributions apart as sharply.",
    "compare.missed_by_both": "Rules that neither allocation keeps",
    "compare.missed_by_a": "Rules that A's allocation does not keep",
    "compare.missed_by_b": "Rules that B's allocation does not keep",
}
