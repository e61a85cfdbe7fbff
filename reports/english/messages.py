"""Messages on stderr."""

from __future__ import annotations

__all__ = ["SENTENCES"]

SENTENCES: dict[str, str] = {
    # requirements
    "require.fails": "required {text}, but {kpi} is {value} (95% interval {interval})",
    "require.open": "the interval includes the threshold: more replications may decide otherwise",
    "require.form": "--require {text}: write a KPI, one of >= <= > < and a number, for instance p_target>=0.6",
    "require.no_kpis": "--require: {study} answers with no KPI that could be required",
    "require.share": "--require {text}: {kpi} is a share, at most 100%; write {written}",
    "require.unknown": "--require {text}: there is no KPI {kpi}; there are {known}",
    # the command line
    "language.unknown": "{variable}={code}: there is no such language; there are {known}",
    "new.exists": "{folder} exists already; nothing was copied",
    "new.unknown": "there is no built-in plan {name}; there are {known}",
    "new.done": "{folder} is a copy of the built-in plan {name}. Edit it, then: quarterdeck check {folder}",
    "export.exists": "{path} exists already; give --export another name",
    "cannot_write": "{path} cannot be written: {reason}",
    "export.done": "The allocation is in {path}. Edit it and hand it back with --allocation-file {path}",
    "problems.one": "{n} problem; nothing was written",
    "problems.many": "{n} problems; nothing was written",
    "problems.again": "… and the same in {n} more places: {places}",
    "conflict": "These cannot hold together:",
    "bug": "This is a fault of Quarterdeck, not of your plan. Please report it to its maintainers with the lines above "
    "and the command you gave.",
}
