"""Studies that decide: the best plans, what the answer rests on, which allocation, what it would take."""

from __future__ import annotations

__all__ = ["SENTENCES"]

SENTENCES: dict[str, str] = {
    # what several of them say
    "decide.points": "{points} points",
    "decide.between": "{mean} ({low} to {high})",
    "deciding.range": "Range",
    "deciding.open": "open",
    "deciding.cost": "Cost",
    "deciding.cost_p90": "Reserve",
    "deciding.gain_chance": "Chance, points",
    "deciding.behind": "Behind the first",
    "deciding.plans": "Contingency plans",
    "deciding.p_best": "Best in",
    "deciding.low_end": "At its low end",
    "deciding.high_end": "At its high end",
    "deciding.figure_path": "Figure",
    "deciding.chance": "Chance",
    "deciding.turns_at": "Turns at",
    "deciding.way": "Of the way",
    "deciding.total_effect": "Effect",
    "deciding.total_share": "Total",
    "deciding.first_share": "Alone",
    "deciding.uneven": "Varies by",
    # select
    "select.part": "Choice of contingency plans",
    "select.title": "The best contingency plans · {plan}",
    "select.headline": "Hold {plans}.",
    "select.headline_none": "Hold no contingency plan.",
    "select.headline_open": "Best so far, not settled: hold {plans}.",
    "select.headline_open_none": "Best so far, not settled: hold no contingency plan.",
    "select.gain": "Against holding none: contribution {contribution}, chance of the target {chance} points. Expected "
    "cost {cost}; {reserve} is enough in 9 of 10 quarters.",
    "select.gain_tail": "The mean contribution of the worst tenth of quarters rises by {gain}.",
    "select.promise": "With {confidence} confidence no other set within the budget is better by {delta} or more "
    "(Kim-Nelson KN++, {n} futures).",
    "select.no_promise": "{n} futures did not settle it: sets below may be better by more than {delta}. "
    "--replications allows more, --delta asks for less.",
    "select.tail": "The worst tenth has no procedure with a guarantee. Over resamples of {n} futures this set is the "
    "best of those shown in {share}.",
    "select.heuristic": "More than {most} plans: not all sets were looked at, and nothing is guaranteed. The sampled "
    "program's own best is {gap} above what the chosen set brings.",
    "select.budget": "Budget {budget}: {affordable} of {sets} sets cost no more than that on average.",
    "select.no_budget": "No budget: all {sets} sets count.",
    "select.over": "The chosen set may cost more than the budget: its expected cost is {cost}.",
    "select.only_cost": "Left out, since they change nothing but the cost: {plans}.",
    "select.seldom": "Acted in too few of these futures to be judged: {plans}.",
    "select.rivals": "The chosen set and the next best",
    "select.rivals_note": "Gains are against holding none, ± half the 95% interval, over {n} futures. Reserve: what "
    "the plans cost at most in 9 of 10 quarters. Behind: of the criterion, paired.",
    "select.frontier": "What more money would bring",
    "select.frontier_note": "Sets than which no cheaper one is better, whatever the budget.",
    "select.nothing": "none",
    "select.figures": "The choice rests on {figures} figures (a set in a future); seeing every set as often would have "
    "taken {equal}. {ran} quarters were simulated, all other figures are known from them.",
    "select.criterion.contribution": "By expected contribution.",
    "select.criterion.p_target": "By the chance of the target.",
    "select.criterion.cvar": "By the mean contribution of the worst tenth of quarters.",
    "deciding.gain.contribution": "Contribution",
    "deciding.gain.cvar": "Worst tenth",
    # explain
    "explain.title": "What the answer rests on · {plan}",
    "explain.headline": "{kpi}: {mean} {half}. The widest range is that of {path}: from {low} to {high} it moves the "
    "figure by {swing}.",
    "explain.no_ranges": "The plan states no range for any figure: give assumptions a low and a high end.",
    "explain.weak": "With all figures of grades C and D at their bad ends it is {low}, at their good ends {high}.",
    "explain.chance": "chance {chance}",
    "explain.weak_share": "{share} of what moves it (of the squared swings) is figures of grades C and D, which come "
    "from a vendor's page or are assumed: replace the widest of them by your own first.",
    "explain.without_range": "Figures of grade C or D without a stated range, so not moved here",
    "explain.tornado": "{kpi}: each range by itself",
    "explain.tornado_note": "Difference to the plan as it is, on the same futures, the allocation kept, ± half the 95% "
    "interval. Of uncertainties the range is P10 to P90. Chance: points from the low to the high end.",
    "explain.tornado_seen": "Each range is seen on as many of the {n} futures as make it as sure as the one that "
    "spreads most: on {least} to {most}. A range that is asked for alone (--figure PATH) is seen on all.",
    "explain.grades": "By grade of evidence",
    "deciding.ranged": "With a range",
    "deciding.unranged": "Without",
    "deciding.of_swings": "Of what moves it",
    "explain.flips": "What would turn the decision round: {decision}",
    "explain.decision.allocation": "{ours} rather than {other}",
    "explain.decision.plan": "holding {plan}",
    "explain.worth": "As the plan is, {decision} is worth {worth} of contribution.",
    "explain.flips_note": "What the decision is worth at both ends, ± half the 95% interval. Turns at: on a straight "
    "line between what was simulated.",
    "explain.flips.no": "does not turn",
    "explain.flips.cannot tell": "cannot tell yet",
    "explain.none_flips": "No range by itself turns it round beyond its interval.",
    "explain.morris": "All ranges at once (Morris, {n} trajectories)",
    "explain.morris_note": "Effect: mean absolute effect of the whole range, ± half its 95% interval by bootstrap. "
    "Varies by: standard deviation of the effect; where it is as large as the effect, the range acts together with "
    "others.",
    "explain.sobol": "All ranges at once (Sobol, base sample {n})",
    "explain.sobol_note": "Total: share of the variance that would be left if all others were known. Alone: share that "
    "it explains by itself; the distance between the two is interaction. Of the means over these futures.",
    # recommend
    "recommend.title": "Which allocation · {plan}",
    "recommend.detail": "{n} identical futures · seed {seed} · money in {currency}",
    "recommend.headline": "Of those that keep all hard rules {name} contributes most: {contribution}, chance of "
    "{target} {chance}.",
    "recommend.tied": "In contribution it cannot be told from: {names}.",
    "recommend.clear": "Every other option that keeps them contributes less, beyond its interval.",
    "recommend.table": "Ranked by contribution, those that break hard rules last",
    "recommend.note": "Behind: contribution, on the same futures. Chances of quota: least and greatest among reps; the "
    "nearer, the fairer. Ranks: chance, contribution, P10 of the contribution, evenness.",
    "recommend.dominated": "Dominated: another one is as good in everything and clearly better in one thing",
    "recommend.dominated_by": "{name}, by {other}",
    "recommend.luck": "How attainment differs among reps",
    "recommend.luck_note": "Spread: standard deviation of signed ÷ quota among reps in a quarter. Luck: the share of "
    "its square that changes from quarter to quarter; the rest is decided by the quotas.",
    "recommend.luck_says": "Under {name}, {luck} of the differences among reps in a quarter are luck.",
    "recommend.hard_rules": "Hard rules that are not kept",
    "deciding.p10_contribution": "P10",
    "deciding.chances_of_quota": "Chances of quota",
    "deciding.ranks": "Ranks",
    "deciding.attainment_spread": "Spread",
    "deciding.luck": "Luck",
    "deciding.decided": "Decided",
    "deciding.on_quota": "On quota",
    # over-assign
    "over.title": "Over-assignment · {plan}",
    "over.headline": "For a chance of {wanted} that the target is made although nobody sells more than his quota, "
    "over-assignment has to be {over}.",
    "over.interval": "Within the interval of the simulation: {low} to {high}.",
    "over.no_end": "no over-assignment",
    "over.none": "No over-assignment gives a chance of {wanted}: the quarter itself reaches the target in {chance}, "
    "whatever is asked of reps.",
    "over.now": "Now it is {now}. All quotas scaled by one factor change nothing in what is sold.",
    "over.table": "What it asks of reps",
    "over.note": "Covered: the target is made by what each rep sells up to his quota. Chance of quota: mean and least "
    "over reps.",
    "deciding.over": "Over target",
    "deciding.covered": "Covered",
    "deciding.rep_chance": "Chance of quota",
    "deciding.rep_least": "Least",
    "deciding.reps_on_quota": "Median on quota",
    "over.reps": "Quotas at which every rep has the same chance",
    "over.reps_note": "They add up to what is asked now. Chances are simulated under these quotas, ± half the 95% "
    "interval.",
    "deciding.equal_quota": "Equal chance",
    "over.fair": "Differences among reps that quotas decide: {before} now, {after} then (standard deviation of mean "
    "attainment).",
    "over.broken": "Rules that quotas of equal chance do not keep: {rules}.",
    "over.next": "To compare: over-assign {plan} --export FILE, then compare {plan} --to-allocation FILE.",
    # reach a chance
    "reaching.title": "What would make the chance {wanted} · {plan}",
    "reaching.now": "Now the chance is {now}; wanted {wanted}.",
    "reaching.there": "The chance is {now} already; wanted {wanted}.",
    "reaching.target": "The target that the plan as it is reaches with a chance of {wanted}: {target} ({low} to "
    "{high}).",
    "reaching.mix.yes": "The cheapest mix reaches it: {levers}, for {money}.",
    "reaching.mix.cannot tell": "The cheapest mix may reach it: {levers}, for {money}, chance {chance}. More "
    "replications would tell.",
    "reaching.mix.no": "All levers with a price together do not reach it: {levers}, for {money}, chance {chance}.",
    "reaching.mix.none": "Over {n} futures no lever that has a price is known to help: there is no mix to name yet. "
    "More --replications may tell.",
    "reaching.levers": "Each lever by itself",
    "reaching.levers_note": "Gains on the same futures, ± half the 95% interval; money and hours are allocated anew. A "
    "point is one percentage point of chance. Cannot tell: the interval includes zero, or fewer than 10 futures end on "
    "the other side of the target.",
    "reaching.mix": "Pulled together, the cheapest point first",
    "reaching.hours": "An hour has no price here; --hour-cost gives it one and lets hours into the mix.",
    "reaching.infeasible": "no allocation keeps the rules",
    "reaching.kind.contingency plan": "plan {id}",
    "reaching.kind.measure": "measure {id}",
    "reaching.kind.pool": "pool {id} {more}",
    "reaching.kind.hours": "hours of all reps {more}",
    "reaching.hours_of": "{n} h",
    "deciding.lever": "Lever",
    "deciding.costs": "Costs",
    "deciding.per_point": "A point costs",
    "deciding.gained": "Points",
    # rounds
    "rounds.title": "Expectation and simulation brought together · {plan}",
    "rounds.detail": "{n} futures · seed {seed} · money in {currency}",
    "rounds.headline": "Optimism {before} before, {after} after {n} rounds.",
    "rounds.better": "Simulated contribution changes by {gain} against the first allocation.",
    "rounds.kept": "Round {n} is handed out: a later one contributes less beyond the interval.",
    "rounds.table": "Round by round",
    "rounds.note": "Optimism is what the optimiser expects less what is simulated, both without risks, ± half the 95% "
    "interval. Gain: simulated contribution with risks, against round 0. It is measured on the futures that the "
    "correction was taken from: expect a little less of it.",
    "rounds.corrections": "What was corrected",
    "rounds.corrections_note": "Factors on the demand of a product in a region and on the hours that its sales take.",
    "rounds.decisions": "Decisions, first → handed out",
    "rounds.same": "The decisions are the same.",
    "deciding.round": "Round",
    "deciding.optimism": "Optimism",
    "deciding.gain_contribution": "Gain",
    "deciding.factor_demand": "Demand ×",
    "deciding.factor_hours": "Hours ×",
    "deciding.product": "Product",
    # lights
    "lights.title": "How well the Friday lights warn · {plan}",
    "lights.verdict.warns": "{metric} warns: where it was red, {if_red} of quarters end badly, else {if_not}.",
    "lights.verdict.misleads": "{metric} misleads: where it was red, {if_red} of quarters end badly, else {if_not}.",
    "lights.verdict.tells nothing yet": "{metric} tells nothing yet: where it was red, {if_red} of quarters end badly, "
    "else {if_not}.",
    "lights.verdict.never red": "{metric} was never red.",
    "lights.verdict.always red": "{metric} was red in every quarter: it tells nothing.",
    "lights.metric.conversion": "Conversion",
    "lights.metric.deal_size": "Deal size",
    "lights.metric.rep_conversion": "Conversion of a rep",
    "lights.metric.collection": "Collection",
    "lights.table": "Alarms",
    "lights.note": "Red at some review ({weeks}). Conversion and deal size warn of a missed target, collection of a "
    "collection rate below the threshold. False: red, of quarters that end well; missed: never red, of those that end "
    "badly. Weeks: from the first red light to the end.",
    "lights.thresholds": "If a light turned red at another share",
    "lights.thresholds_note": "Of what the plan expects of the same cases. Strong: as the plan has it.",
    "lights.acting": "What acting on a red light is worth",
    "lights.acting_note": "Contribution after the plan's costs, against holding none, on the same futures.",
    "deciding.light": "Light",
    "deciding.red_at": "Red at",
    "deciding.red": "Red",
    "deciding.bad": "Ends badly",
    "deciding.false_alarms": "False",
    "deciding.missed_alarms": "Missed",
    "deciding.tells": "A red light adds, points",
    "deciding.weeks_left": "Weeks",
    # design of a strategy test
    "design.title": "What strategy test {policy} can see · {plan}",
    "design.test": "Tried on {share} of customers from week {from_week} for {weeks} weeks: {tried} stages decided "
    "among them, {others} among others.",
    "design.headline": "It tells a gain in conversion from chance from {smallest} on; the plan's effect brings "
    "{effect}.",
    "design.rule": "Rolled out where the gain seen is at least {success}: with the plan's effect in {power} of "
    "quarters, without any effect in {false}.",
    "design.rule_smallest": "A true gain of {gain} passes that threshold in 8 of 10 tests.",
    "design.no_verdict": "In {share} of quarters there are too few cases for a verdict.",
    "design.enough": "Big enough for the plan's effect: {share} of customers for {weeks} weeks.",
    "design.not_enough": "No test of these sizes inside the quarter is big enough for the plan's effect.",
    "design.needed": "It takes about {tried} stages decided among those tried, and as many others.",
    "design.unseen": "The plan's effect shows no gain in conversion beyond chance, so no size can be named.",
    "design.worth": "The test as planned changes the contribution by {worth}.",
    "design.table": "Smallest gain that a test sees",
    "design.note": "Told from chance at one-sided 5%, in 8 of 10 tests. ✓: enough for the plan's effect.",
    "design.mark": "{gain} ✓",
    "deciding.weeks_of": "{n} weeks",
    "deciding.tried_share": "Tried on",
}
