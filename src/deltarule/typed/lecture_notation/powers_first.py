r"""Powers that stand before what is below: ε²_{t−1} as ε_{t−1}², x^2_i as x_i^2.

Of sums, Σ^2_i is no power; x^{(2)}_i is a layer's.
"""

from __future__ import annotations

import re

_POWER = re.compile(
    r"(?<![\w\\])(\\(?!sum|prod|max|min|log|ln|exp|int|lim|left|right|frac)[A-Za-z]+"
    r"(?:\{\\?[A-Za-z]+\})?|[^\W\d_Σ∑Π∏][\u0300-\u036f]*)"
    r"\s?([²³⁴]|\^\s?\{\s*\d+\s*\}|\^\d)(_(?:\{[^{}]*\}|[A-Za-z0-9]{1,3}(?![A-Za-z0-9])))"
)


def with_powers_behind(text: str) -> str:
    """A text in which these stand behind."""
    return _POWER.sub(r"\1\3\2", text)
