"""What nobody knows: a factor per uncertainty, drawn once for the whole quarter."""

from __future__ import annotations

from scenarios.risks import Uncertainty
from simulation.distributions import Floats, beta, lognormal_factor, triangular, two_point, uniform

__all__ = ["nature_factor"]


def nature_factor(uncertainty: Uncertainty, u: Floats) -> Floats:
    """Factor on the uncertain parameter at quantiles ``u``."""
    d = uncertainty.distribution
    if d.kind == "lognormal" and d.sigma is not None:
        return lognormal_factor(u, d.sigma)
    if d.kind == "beta" and d.mean is not None and d.sd is not None:
        return beta(u, d.mean, d.sd) / d.mean
    if d.kind == "triangular" and d.low is not None and d.mode is not None and d.high is not None:
        return triangular(u, d.low, d.mode, d.high)
    if d.kind == "two_point" and d.low is not None and d.high is not None and d.low_share is not None:
        return two_point(u, d.low, d.high, d.low_share)
    if d.kind == "uniform" and d.low is not None and d.high is not None:
        return uniform(u, d.low, d.high)
    raise ValueError(f"uncertainty {uncertainty.id}: {d.kind} without its figures")
