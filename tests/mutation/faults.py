"""The faults: a piece of code, what it is replaced by, and the test that has to notice."""

# ruff: noqa: E501 - a line for each

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FAULTS", "Fault"]


@dataclass(frozen=True)
class Fault:
    """One fault. The piece of code is there once."""

    file: str
    old: str
    new: str
    test: str
    """File, or ``file::test``."""


KPIS, KPIS_TEST = "simulation/kpis.py", "tests/unit/test_kpis.py"
STATISTICS, STATISTICS_TEST = "studies/statistics.py", "tests/unit/test_studies_statistics.py"
SIZES, SIZES_TEST = "studies/decisions/range_sizes.py", "tests/unit/test_studies_range_sizes.py"
ROWS, FAIRNESS, PAPER = "optimizer/rows.py", "optimizer/fairness.py", "tests/known_answer/test_allocation_on_paper.py"
WORTH, VERDICTS_TEST = "studies/decisions/worth.py", "tests/unit/test_studies_verdicts.py"
RANDOM = "tests/known_answer/test_allocation_on_random_plans.py::test_all_stages_equal_an_independent_formulation"
DATA_TEST = "tests/unit/test_optimizer_data.py"
CYCLES, CYCLES_TEST = "scenarios/calibration/cycles.py", "tests/known_answer/test_calibrated_cycles.py"
PASSING, STAGES = "scenarios/calibration/passing.py", "scenarios/crm/stage_history.py"
PASSING_TEST = "tests/unit/test_crm_stages.py"
RENEWALS, RENEWALS_TEST = "scenarios/crm/renewals.py", "tests/unit/test_crm_renewals.py"
EXPECTED, COLLECTIONS_TEST = "scenarios/expectations.py", "tests/unit/test_simulation_collections.py"
LOAD_TEST = "tests/unit/test_crm_load.py"
BUYING, CHURN_TEST = "scenarios/calibration/buying.py", "tests/unit/test_crm_churn.py"
FUTURE, REPLICATIONS, TABLES = "simulation/future.py", "studies/replay/replications.py", "studies/saved/tables.py"
FUTURE_TEST = "tests/property/test_simulation_exactness.py::test_a_future_drawn_for_several_models_is_that_of_each"
REPLICATIONS_TEST = "tests/unit/test_studies_replications.py"
TABLES_TEST = "tests/unit/test_studies_runs.py::test_record_tables_hold_every_value_of_the_rows"
CLOCK, CLOCK_TEST = "simulation/clock.py", "tests/property/test_simulation_clock.py"
REQUESTS, REQUESTS_TEST = "reports/pages/measured_requests.py", "tests/unit/test_reports_measured_requests.py"

FAULTS = (
    # KPIs
    Fault(KPIS, "before_plans - plan_cost", "before_plans + plan_cost", KPIS_TEST),
    Fault(KPIS, "payment.paid < model.horizon", "payment.paid <= model.horizon", KPIS_TEST),
    Fault(KPIS, "signed >= enough_for(plan.target)", "signed > plan.target", KPIS_TEST),
    Fault(KPIS, "- fixed_costs(model) - moved", "- moved", KPIS_TEST),
    Fault(KPIS, "- moved - fees", "- fees", KPIS_TEST),
    Fault(KPIS, "- fees - bonuses", "- bonuses", KPIS_TEST),
    Fault(KPIS, "week_of_day[int(deal.ended)]", "week_of_day[int(deal.ended)] - 1", KPIS_TEST),
    Fault(KPIS, "week_of_day[int(renewal.day)]", "week_of_day[int(renewal.day) - 1]", KPIS_TEST),
    Fault(KPIS, "week_of_day[int(payment.paid)]", "week_of_day[math.ceil(payment.paid)]", KPIS_TEST),
    Fault(KPIS, "deal.stage >= qualified", "deal.stage > qualified", KPIS_TEST),
    Fault(KPIS, ">= enough_for(quotas[with_quota])", ">= quotas[with_quota] + 0.005", KPIS_TEST),
    Fault(KPIS, "triggered * plan.activation_cost", "plan.activation_cost", KPIS_TEST),
    Fault(KPIS, "total += plan.retainer + ", "total += ", KPIS_TEST),
    Fault(KPIS, "value <= fee.above_amount", "value < fee.above_amount", KPIS_TEST),
    Fault(KPIS, "renewed >= money.renewal_threshold", "renewed > money.renewal_threshold", KPIS_TEST),
    Fault(KPIS, "collection_rate >= money.collection_threshold", "collection_rate > money.collection_threshold", KPIS_TEST),
    Fault(KPIS, "if due > 0 else 1.0", "if due > 0 else 0.0", KPIS_TEST),
    Fault(KPIS, "plan.measures if measure.enabled)", "plan.measures)", KPIS_TEST),
    Fault(KPIS, 'deal.outcome == "open" and ', "", KPIS_TEST),
    Fault(KPIS, "if renewal.value > 0:\n            renewed +=", "if renewal.value > 0:\n            renewed -=", KPIS_TEST),
    Fault(KPIS, "sum(records.hours) / there", "there / sum(records.hours)", KPIS_TEST),
    # statistics
    Fault(STATISTICS, "_t(count - 1) * float(np.std(values, ddof=1))", "1.96 * float(np.std(values, ddof=1))", STATISTICS_TEST),
    Fault(STATISTICS, "float(np.std(values, ddof=1)) / math.sqrt(count)", "float(np.std(values)) / math.sqrt(count)", STATISTICS_TEST),
    Fault(STATISTICS, "centre = (share + z * z / (2 * count))", "centre = (share + z * z / count)", STATISTICS_TEST),
    Fault(STATISTICS, "return float(p10), float(p50), float(p90)", "return float(p90), float(p50), float(p10)", STATISTICS_TEST),
    Fault(STATISTICS, "np.quantile(values, (0.1, 0.5, 0.9))\n    return", "np.quantile(values, (0.1, 0.5, 0.8))\n    return", STATISTICS_TEST),
    Fault(STATISTICS, "/ 2, count, share) - 1", "/ 2, count, share)", STATISTICS_TEST),
    Fault(STATISTICS, "if high < count else None", "if high <= count else None", STATISTICS_TEST),
    Fault(STATISTICS, "np.maximum(quantile - sign * values, 0.0) / share", "np.maximum(quantile - sign * values, 0.0)", STATISTICS_TEST),
    Fault(STATISTICS, "gaps = b - a", "gaps = a - b", STATISTICS_TEST),
    Fault(STATISTICS, '(estimate.mean > 0) == (kpi.direction == "more")', '(estimate.mean > 0) != (kpi.direction == "more")', STATISTICS_TEST),
    Fault(STATISTICS, "SEEN_ENOUGH = 10", "SEEN_ENOUGH = 3", STATISTICS_TEST),
    Fault(STATISTICS, "paired = float(np.var(b - a, ddof=1))", "paired = float(np.var(b + a, ddof=1))", STATISTICS_TEST),
    Fault(STATISTICS, "(1 - raw) * (count - 1) / (count - factors - 1)", "(1 - raw)", STATISTICS_TEST),
    Fault(STATISTICS, "* spread / half_width) ** 2", "* spread / half_width)", STATISTICS_TEST),
    Fault(STATISTICS, "-margin < figure.ci_low and", "-margin < figure.mean and", STATISTICS_TEST),
    Fault(STATISTICS, "and figure.ci_high < margin", "and figure.ci_high <= margin", STATISTICS_TEST),
    Fault(STATISTICS, "up + down - centre**2", "up + down", STATISTICS_TEST),
    Fault(STATISTICS, "int(np.count_nonzero(gaps == way)) + 1", "int(np.count_nonzero(gaps == way))", STATISTICS_TEST),
    Fault(STATISTICS, "shifts + values[:seen] * (seen / count)", "shifts + values[:seen]", STATISTICS_TEST),
    Fault(SIZES, "count * (spread / widest) ** 2", "count * (spread / widest)", SIZES_TEST),
    Fault(SIZES, "if any(spread is None for spread in figures)", "if all(spread is None for spread in figures)", SIZES_TEST),
    Fault(WORTH, "if net.ci_low > 0:", "if net.ci_low > margin:", VERDICTS_TEST),
    Fault(WORTH, "if net.ci_high <= 0 and", "if net.ci_high < 0 and", VERDICTS_TEST),
    # rows of the linear program
    Fault(ROWS, "{x: -gain[number[0]] for x", "{x: gain[number[0]] for x", PAPER),
    Fault(ROWS, "            terms[rep][x] = duty\n", "            terms[rep][x] = 0.0\n", RANDOM),
    Fault(ROWS, '{x: 1.0}, "<=", segment.capacity', '{x: 1.0}, "<=", 2 * segment.capacity', RANDOM),
    Fault(ROWS, 'total(of[pool]), "<=", amount)', 'total(of[pool]), ">=", amount)', PAPER),
    Fault(ROWS, '{v.quota_total: 1.0}, "=", data.target', '{v.quota_total: 1.0}, "<=", data.target', PAPER),
    Fault(ROWS, 'terms, "=", lock.amount / data.money', 'terms, ">=", lock.amount / data.money', PAPER),
    Fault(ROWS, "- ratio * factor", "+ ratio * factor", PAPER),
    Fault(ROWS, "slack[v.lacking[number]] = 1.0", "slack[v.lacking[number]] = -1.0", PAPER),
    Fault(ROWS, "return ratio * self.fixed", "return self.fixed", PAPER),
    Fault(FAIRNESS, "v.rep_total[number]: -1.0}", "v.rep_total[number]: 1.0}", PAPER),
    Fault(FAIRNESS, "v.quota_total: -float(shares[number])", "v.quota_total: float(shares[number])", PAPER),
    Fault("optimizer/model.py", "{x: -1.0 for s, x", "{x: 0.0 for s, x", PAPER),
    Fault("optimizer/data.py", "self.margin[:, None] - self.fee_rate - self.bonus_rate", "self.margin[:, None] - self.fee_rate", PAPER),
    Fault("optimizer/data.py", "self.margin[:, None] - self.fee_rate - self.bonus_rate", "self.margin[:, None] - self.bonus_rate", DATA_TEST),
    Fault("optimizer/stages.py", "{1: 100.0, 2: 10.0, 3: 1.0}", "{1: 1.0, 2: 10.0, 3: 100.0}", "tests/unit/test_optimizer_model.py::test_soft_rules_give_by_the_least_and_the_lower_priority_first"),
    # what the rows hold
    Fault("optimizer/hours.py", "plan.calendar.working_days * each", "(plan.calendar.working_days - 5) * each", DATA_TEST),
    Fault("optimizer/hours.py", "plan.calendar.days_worked(rep.tier)", "plan.calendar.working_days", DATA_TEST),
    Fault("optimizer/returns.py", "return received * (1 - lost)", "return received", DATA_TEST),
    Fault("optimizer/demand.py", "full = activity.leads_per_unit * activity.acceptance * per_accepted", "full = activity.leads_per_unit * per_accepted", DATA_TEST),
    Fault("scenarios/expectations.py", "(activity.to_week or plan.calendar.weeks) + 1)", "(activity.to_week or plan.calendar.weeks))", DATA_TEST),
    Fault("scenarios/expectations.py", "return calendar_days * 5 / 7", "return calendar_days", DATA_TEST),
    Fault("scenarios/expectations.py", "range(plan.calendar.weeks)) / plan.calendar.weeks", "range(plan.calendar.weeks - 1)) / plan.calendar.weeks", "tests/unit/test_simulation_sessions.py"),
    # what is learnt of invoices, stages and hours
    Fault(EXPECTED, "lateness.late_share * days_late.survival(overdue)", "days_late.survival(overdue)", COLLECTIONS_TEST),
    Fault(EXPECTED, "if overdue <= 0:", "if overdue <= 7:", COLLECTIONS_TEST),
    Fault("simulation/opportunities.py", "< rate**weight", "< rate ** stages.weights[self.stage]", "tests/unit/test_simulation_stages.py"),
    Fault("scenarios/crm/learning.py", "** 2 - shared**2, 0.0", "** 2, 0.0", PASSING_TEST),
    Fault("scenarios/crm/learning.py", "spread * narrowed", "spread", PASSING_TEST),
    Fault("scenarios/calibration/rates.py", "return np.asarray((hard - easy) / (2 * Z))", "return np.asarray((hard - easy) / Z)", "tests/statistical/test_calibration_recovery.py::test_stages_that_are_drawn_each_spread_as_their_counts_say_and_so_does_passing_all"),
    Fault("scenarios/calibration/capacity.py", "np.log(bound / free)", "np.log(free / bound)", LOAD_TEST),
    Fault("scenarios/calibration/capacity.py", "/ max(excess, 1.0)))", "/ 1.0))", LOAD_TEST),
    Fault("scenarios/crm/load.py", "(ended >= start)", "(ended >= start + 7)", LOAD_TEST),
    Fault("scenarios/crm/entities.py", 'whole - closed["value"].fillna(0.0)', "whole - 0.0", "tests/unit/test_crm.py"),
    # calibration
    Fault(PASSING, "entered <= ended[:, None]", "entered <= np.inf", PASSING_TEST),
    Fault(PASSING, "(left >= start) & (left < end)", "left < end", PASSING_TEST),
    Fault(PASSING, "here & lost[:, None]", "here & ~here", PASSING_TEST),
    Fault(CYCLES, "middle[-1] = ever", "middle[-1] = middle[-1]", CYCLES_TEST),
    Fault(CYCLES, "(ended + np.concatenate(([0.0], ended[:-1]))) / 2", "ended", CYCLES_TEST),
    Fault(CYCLES, "math.log(high / low) / (2 * 1.645)", "se", CYCLES_TEST),
    Fault(STAGES, "part[here] = np.asarray(self.part_by)[number + at]", "pass", PASSING_TEST),
    Fault(STAGES, "(share * deals + won) / (deals + closed)", "share", PASSING_TEST),
    Fault("scenarios/crm/win_rates.py", "min(passes_all * by_month, 0.999)", "rate", PASSING_TEST),
    Fault(STAGES, 'table["entered"] >= date', 'table["entered"] > date', PASSING_TEST),
    Fault(RENEWALS, 'rows["decided"] < date', 'rows["decided"] <= date', RENEWALS_TEST),
    Fault(RENEWALS, 'between(renewed, "due", windows.quarter_start', 'between(renewed, "due", windows.previous_start', RENEWALS_TEST),
    Fault(RENEWALS, "twins > len(renewed) / 2", "twins > len(renewed)", RENEWALS_TEST),
    Fault(BUYING, "stopped = math.log(rate) - both * last", "stopped = math.log(rate) - both * watched", CHURN_TEST),
    Fault(BUYING, "if _unevenness(purchases) > BURSTS", "if _unevenness(purchases) > 1e9", CHURN_TEST),
    # futures that several variants share, and records on the disk
    Fault(FUTURE, "if point.height < bound[point.source])", "if point.height > 0)", FUTURE_TEST),
    Fault(FUTURE, "(model.source_bound <= drawn_for.source_bound).all()", "True", "tests/unit/test_simulation_arrivals.py"),
    Fault(FUTURE, "thresholds, events = _strikes(model, drawn.draws)", "thresholds, events = drawn.thresholds, drawn.events", FUTURE_TEST),
    Fault(FUTURE, "nature = _nature(model, drawn.draws)", "nature = drawn.nature", FUTURE_TEST),
    Fault(REPLICATIONS, "batches[same_as][-1]", "batches[same_as][0]", "tests/unit/test_studies_simulating.py::test_the_quarter_without_risks_is_that_of_a_fresh_run"),
    Fault(REPLICATIONS, "return batch.rows(np.array([places", "return batch if True else batch.rows(np.array([places", REPLICATIONS_TEST),
    Fault(REPLICATIONS, "and list(entry.numbers) != list(asked[other].numbers)", "and False", REPLICATIONS_TEST),
    Fault(TABLES, "there = codes >= 0", "there = codes > 0", TABLES_TEST),
    Fault(TABLES, 'bitorder="little"', 'bitorder="big"', TABLES_TEST),
    Fault(TABLES, "np.cumsum([0, *map(len, texts)]", "np.cumsum([0, *map(len, values)]", TABLES_TEST),
    Fault(CLOCK, "planned[-1] < agenda[0]", "planned[-1] > agenda[0]", CLOCK_TEST),
    Fault(CLOCK, "_NORMAL: Final = 1", "_NORMAL: Final = 0", CLOCK_TEST),
    # what each data request moves
    Fault(REQUESTS, "key=lambda line: abs(line.swing.mean)", "key=lambda line: line.swing.mean", REQUESTS_TEST),
    Fault(REQUESTS, "else -abs(top.swing.mean)", "else abs(top.swing.mean)", REQUESTS_TEST),
    Fault(REQUESTS, "[math.inf if top is None", "[-math.inf if top is None", REQUESTS_TEST),
    Fault(REQUESTS, "words.figure(top.high)", "words.figure(top.low)", REQUESTS_TEST),
    Fault(REQUESTS, 'entry.parameter == "strike_rate"', "not entry.parameter", REQUESTS_TEST),
    Fault(REQUESTS, r'replace(r"\*", r"[^.]+")', r'replace(r"\*", r"x")', REQUESTS_TEST),
    Fault(REQUESTS, "row[sheet.effect] = _effect(", "row[sheet.figures] = _effect(", REQUESTS_TEST),
)  # fmt: skip
