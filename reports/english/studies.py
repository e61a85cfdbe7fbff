"""Studies on identical futures: stress test and comparison."""

from __future__ import annotations

__all__ = ["SENTENCES"]

SENTENCES: dict[str, str] = {
    # stress
    "stress.title": "Stress test · {plan}",
    "stress.part": "Stress test",
    "stress.detail": "Allocation {allocation} · {n} replications · seed {seed} · money in {currency}",
    "stress.headline": "Chance of reaching {target}: {without} if no risk strikes, {chance} with all risks and no "
    "contingency plan.",
    "stress.forced": "Forced to strike: {forced}. The chances are those of a quarter in which this happens.",
    "stress.risks": "What each risk costs",
    "stress.risks_note": "Signed amount lost: the same futures without the risk less with it, ± half the 95% interval.",
    "stress.plans": "What each contingency plan is worth",
    "stress.plans_note": "Net gain is contribution with the plan less without it, after its cost: retainer and uses. "
    "Buy: the whole interval is above zero.",
    "stress.undecided": "Cannot tell yet: the interval includes zero. More replications narrow it (--replications).",
    "stress.runs": "{ran} quarters were simulated; {known} more were known to be the same and were not run again.",
    "stress.left_out": "Not part of this stress test",
    "verdict.buy": "buy",
    "verdict.do not buy": "do not buy",
    "verdict.cannot tell yet": "cannot tell yet",
    "verdict.hurts": "hurts",
    "verdict.helps": "helps",
    "verdict.harmless": "harmless",
    "verdict.never struck": "never struck",
    "verdict.better": "better",
    "verdict.worse": "worse",
    "verdict.no difference": "no difference",
    "verdict.cannot tell": "cannot tell",
    # comparison
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
    "compare.missed_by_both": "Rules that neither allocation keeps",
    "compare.missed_by_a": "Rules that A's allocation does not keep",
    "compare.missed_by_b": "Rules that B's allocation does not keep",
}
