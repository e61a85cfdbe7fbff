"""What a run looks like to a planner: tables, charts and documents."""
