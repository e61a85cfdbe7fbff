"""Plan + allocation + draws → records → KPIs.

Where a rule acts: `quarter` sets the twelve weeks up, `reps` work, `opportunities` move through their stages,
`marketing` brings leads, `accounts` renew or leave, `receivables` turn into cash, `risks` strike, end in one of the
`events`, and contingency plans answer. `sessions` train and meet, `ramp` makes newcomers better, `handover` gives a
leaver's work away, `focus_days` and `quarter_end` are days that matter; `reviews` give lights, `health` watches
customers, `weights`, `strategy_tests` and `reallocation` steer. `board` holds the effects that are on. `future` draws
all chance before anything moves; `model` compiles the plan; `records` say what happened and `kpis` measure it.
"""

from simulation import native

if (_compiled := native.in_use()) is not None:
    __path__.insert(0, str(_compiled / "simulation"))
