"""The planner's questions, one module each; saved runs; statistics of comparisons."""
