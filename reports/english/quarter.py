"""The simulated quarter, its KPIs and the main job."""

from __future__ import annotations

__all__ = ["SENTENCES"]

SENTENCES: dict[str, str] = {
    # simulation
    "simulate.title": "Simulation · {plan}",
    "simulate.part": "Simulation",
    "quarter.detail": "Allocation {allocation} · {n} replications · seed {seed} · money in {currency}",
    "simulate.chance": "Chance of reaching {target}: {chance} (simulation {half} points).",
    "simulate.range": "In 8 of 10 quarters you would sign between {low} and {high}; half of them reach {middle}.",
    "simulate.worst": "The worst tenth of quarters sign {worst} ({half}) on average.",
    "simulate.unknown": "What nobody knows (the market, true win rates) makes {share} ({interval}) of the spread of "
    "signed amounts. In all but the best and worst tenth of its states the chance is between {low} and {high}: more "
    "replications narrow the interval above, not this.",
    "simulate.cash": "Cash collected: {cash} on average, {rate} ({interval}) of what falls due in the quarter.",
    "simulate.in_play": "Risks in play: {risks}. Contingency plans held ready: {plans}.",
    "simulate.forced": "Forced to strike: {forced}. The chance is that of a quarter in which this happens.",
    "simulate.by_product": "By product",
    "simulate.by_region": "By region",
    "simulate.by_rep": "By rep",
    "simulate.reps_on_quota": "On average {share} of the {n} reps reach their quota.",
    "simulate.week": "week {n}",
    "simulate.by_week": "By week",
    "simulate.by_week_note": "Means; P10 and P90 are those of the week's signed amount.",
    "simulate.criteria": "Acceptance of the phases",
    "simulate.criteria_note": "The figure at the end of the phase on average, and the chance that it is reached. What "
    "only people can judge stands in the plan.",
    "bridge.title": "From the pipeline to the target",
    "bridge.note": "Means over all replications with half their 95% interval; P50 is the median quarter.",
    "bridge.pipeline": "Open pipeline",
    "bridge.baseline": "Leads that come by themselves",
    "bridge.cross_sell": "Cross-sell and repeat orders",
    "bridge.renewals": "Renewals",
    "bridge.risks": "Risks",
    "bridge.risks_held": "Risks, with the plans held",
    "bridge.without_risks": "Mean without risks",
    "bridge.mean": "Mean with risks",
    "bridge.skew": "Median less mean",
    "bridge.p50": "Median quarter (P50)",
    "bridge.gap": "Missing to the target",
    "bridge.surplus": "Above the target",
    "bridge.target": "Target",
    "optimism.high": "The allocation counts on {expected}; without risks the simulation signs {simulated}. The "
    "optimiser is {gap} ({share}) too hopeful ({half}): it knows no waiting, no days off, no lost contact.",
    "optimism.low": "The allocation counts on {expected}; without risks the simulation signs {simulated}: {gap} "
    "({share}) more than the optimiser dared to hope ({half}).",
    "optimism.level": "The allocation counts on {expected}; without risks the simulation signs {simulated}. The gap of "
    "{gap} ({share}) is within the simulation's own uncertainty ({half}).",
    "clips.title": "Values that effects pushed out of their range, and that were held at its end",
    "clips.entry": "{parameter}: {n} times a replication",
    # KPIs
    "kpi.p_target": "Chance of the target",
    "kpi.signed": "Signed, with renewals",
    "kpi.contribution": "Contribution",
    "kpi.cash": "Cash collected",
    "kpi.collection_rate": "Collection rate",
    "kpi.wins": "Opportunities won",
    "kpi.renewed": "Renewals signed",
    "kpi.reps_on_quota": "Reps at or above quota",
    "kpi.leads": "Leads accepted",
    "kpi.qualified_pipeline": "Qualified pipeline at the end",
    "kpi.hours_used": "Rep hours used",
    "kpi.accounts_lost": "Accounts lost",
    "kpi.customer_health": "Health score of customers at the end",
    "kpi.reps_left": "Reps who left",
    "kpi.plan_cost": "Cost of contingency plans",
    "kpi.expert_fees": "Fees of outside experts",
    "kpi.bonuses": "Bonuses paid",
    # the main job
    "run.title": "{plan}",
    "run.quotas": "Quotas of {quotas} are asked, {share} of the target; {expected} are expected if no risk strikes.",
    "run.costliest": "The costliest risk is {risk}: {cost} ({half}) expected, {points} points of the chance.",
    "run.no_risk": "No risk is proven to cost anything.",
    "plans.buy": "Buy: {plans}.",
    "plans.buy_none": "No contingency plan is proven to be worth buying.",
    "plans.refuse": "Do not buy: {plans}.",
    "plans.equivalent": "Whether they gain or lose cannot be told, and it is less than {size} either way: {plans}.",
    "plans.undecided.one": "Of {n} more nothing can be told yet.",
    "plans.undecided.many": "Of {n} more nothing can be told yet.",
}
