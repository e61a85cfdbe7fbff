"""Property: on random plans a traced replication is the one that was not traced, to the last bit."""

from __future__ import annotations

from hypothesis import given, settings

from simulation.quarter import replicate
from simulation.tracing import trace_replication
from tests.property.test_simulation_plans import Company, companies


@settings(max_examples=60, deadline=None, derandomize=True)
@given(companies())
def test_a_trace_changes_nothing_and_accounts_for_every_hour(company: Company) -> None:
    model = company.model
    trace = trace_replication(model, company.seed, 0)
    assert trace.records == replicate(model, company.seed, 0)
    for rep, hours in enumerate(trace.records.hours):
        assert abs(sum(touch.hours for touch in trace.touches if touch.rep == rep) - hours) < 1e-6
    ends = {step.opportunity: step for step in trace.steps}
    assert {deal.id: deal.stage for deal in trace.records.deals} == {id: step.stage for id, step in ends.items()}
