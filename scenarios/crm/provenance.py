"""Where every figure of an imported plan comes from, as its ``assumptions``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from scenarios.calibration.figures import Figure
from scenarios.crm.estimates import Estimates
from scenarios.crm.learning import without_own
from scenarios.crm.mapping import Assumed
from scenarios.crm.own_figures import LOSSES, STAGES, Ids
from scenarios.crm.writing import commented, significant
from scenarios.plan import Assumption

__all__ = ["assumptions_of"]

EFFORT = (
    "the work on a deal spread evenly over the stages it comes to; not in a CRM export; rep hours are set to match it, "
    "so that only the two together count"
)
ALARMS = "risks.K7.event_probability"
LOST_AS_LEARNT = (
    "half of the alarms end in a loss; how many alarms there are is set by it, so that losses are as in own deals"
)


def assumptions_of(
    estimates: Estimates,
    ids: Ids,
    assumed: Assumed,
    figures: Mapping[str, Figure],
    settings: CommentedMap,
) -> CommentedSeq:
    """Where every figure comes from: own with interval and count, or a sourced default."""
    entries = []
    for path, figure in figures.items():
        if figure.count or path.startswith("reps."):
            entry = commented(path=path, grade="own", count=figure.count, source=figure.basis)
            if figure.low is not None and figure.high is not None:
                entry.insert(2, "low", significant(figure.low, 4))
                entry.insert(3, "high", significant(figure.high, 4))
            entries.append(entry)
        else:
            entries.append(commented(path=path, grade="D", source=figure.basis))
    for measure in settings["measures"]:
        path = f"measures.{measure['id']}.effects"
        entries.append(commented(path=path, grade="own", source=measure["source"]))
    if settings["process"].get("cycles"):
        entries.append(
            commented(path="process.cycles", grade="own", source="own deals, open ones counted (Kaplan-Meier)")
        )
    margins = "not in a CRM export; the same for all products, so it does not steer the allocation"
    entries += [
        commented(path=f"products.{ids.products[product.name]}.margin", grade="D", source=margins)
        for product in estimates.products
    ]
    present = {f"{section}.{entry['id']}" for section in ("risks", "contingency_plans") for entry in settings[section]}
    for assumption in _by_stage(assumed.assumptions, ids):
        section, _, rest = assumption.path.partition(".")
        if section == "ramp" and "ramp" not in settings:
            continue
        is_there = section not in ("risks", "contingency_plans") or f"{section}.{rest.partition('.')[0]}" in present
        if is_there and assumption.path not in figures:
            entry = commented(**assumption.model_dump(exclude_none=True))
            if assumption.path == LOSSES:
                entry["source"] = without_own(assumption.source, estimates.calibration.losses.reason)
            if assumption.path == ALARMS and LOSSES in figures:
                # Its range is one of losses, which own deals tell here.
                del entry["low"], entry["high"]
                entry["source"] = LOST_AS_LEARNT
            entries.append(entry)
    for entry in entries:
        entry.fa.set_flow_style()
    return CommentedSeq(entries)


def _by_stage(assumptions: Iterable[Assumption], ids: Ids) -> Iterator[Assumption]:
    """The same, of a deal's work in each stage where the stages are the export's."""
    for assumption in assumptions:
        if assumption.path == f"process.stages.{STAGES[1]}.touch_hours" and ids.stages:
            for stage in ids.stages.values():
                yield assumption.model_copy(update={"path": f"process.stages.{stage}.touch_hours", "source": EFFORT})
        else:
            yield assumption
