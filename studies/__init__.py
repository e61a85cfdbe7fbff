"""The planner's questions, one module each, and the runs that keep their answers."""
