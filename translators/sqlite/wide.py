"""Sums as floating-point numbers, to the last bit as DuckDB 2.0.0 has them. A sum is given in its two halves: high x 2^32 + low.

`scale` is the number of digits behind the point of a decimal; 0 stands for whole numbers.
"""

from __future__ import annotations

import math

_WORD = 1 << 64


def as_double(high: int | None, low: int | None, scale: int) -> float | None:
    """A HUGEINT is converted in two halves of 64 bits, and a negative one of 64 as its complement, so that it is not always the
    nearest number; a decimal is."""
    if high is None or low is None:
        return None
    total = (high << 32) + low
    if scale:
        return float(total / 10**scale)
    if -_WORD <= total < 0:
        return -float(-total - 1) - 1.0
    upper, lower = divmod(total, _WORD)
    return float(lower) + float(upper) * float(_WORD)


def quotient(high: int | None, low: int | None, count: int, scale: int) -> float | None:
    """sum / count, each as a floating-point number."""
    total = as_double(high, low, scale)
    return None if total is None or not count else total / count


def mean(high: int | None, low: int | None, count: int, scale: int) -> float | None:
    """What DuckDB's own avg gives: the sum divided by count x 10^scale in the x87 format of 64 bits, then rounded to 53."""
    if high is None or low is None or not count:
        return None
    total, divisor = (high << 32) + low, count * 10**scale
    if total == 0:
        return 0.0
    shift = 66 + divisor.bit_length() - abs(total).bit_length()
    whole, rest = divmod(abs(total) << max(shift, 0), divisor << max(-shift, 0))
    surplus = whole.bit_length() - 64
    kept, cut = whole >> surplus, (whole & ((1 << surplus) - 1)) * 2 + (rest != 0)
    half = 1 << surplus
    up = cut > half or (cut == half and kept & 1)
    return math.copysign(math.ldexp(float(kept + up), surplus - shift), total)
