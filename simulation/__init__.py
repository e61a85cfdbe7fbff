"""Plan + allocation + draws → records → KPIs.

Where a rule acts: `quarter` sets the twelve weeks up, `reps` work, `opportunities` move through their stages,
`marketing` brings leads, `accounts` renew or leave, `receivables` turn into cash, `risks` strike, end in one of the
`events`, and contingency plans answer; `board` holds the effects that are on. `future` draws all chance before anything
moves; `model` compiles the plan; `records` say what happened and `kpis` measure it.
"""
