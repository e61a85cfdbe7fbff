"""From what happened to figures with intervals: statistics on plain arrays, which know nothing of files or of a plan.

Imports scipy, so it is imported inside commands alone.
"""
