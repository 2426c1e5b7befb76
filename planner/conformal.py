"""Keeping a predicted 95th percentile honest: adaptive conformal inference over the logarithm of what was predicted.

After Gibbs and Candès, "Adaptive conformal inference under distribution shift" (2021), in the form that tracks the quantile
itself (Angelopoulos, Candès and Tibshirani, "Conformal PID control for time series prediction", 2023): each run that took longer
than predicted raises the offset by 0.95 of a step, each other one lowers it by 0.05 of a step. However the load drifts, over n
runs the share of misses differs from 5 % by no more than (range of the offset + step) ÷ (step × n).
"""

from __future__ import annotations

COVERAGE = 0.95
STEP = 0.04
FIRST_STEP = 0.5
LEAST, MOST = -3.0, 8.0
"""Bounds of the offset: a 20th to 3,000 times of what the sketches say."""


def adapted(offset: float, covered: bool, corrected: int, step: float = STEP) -> float:
    """The offset after one more prediction that `covered` what happened, or did not. The first steps are longer: then the least
    is known."""
    length = max(step, FIRST_STEP / (corrected + 1))
    if covered:
        return max(LEAST, offset + length * (COVERAGE - 1))
    return min(MOST, offset + length * COVERAGE)
