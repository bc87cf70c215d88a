"""The bodies of log Γ(z), ψ(z) and ψ′(z) in kernels and plain files, for z > 0; elsewhere NaN.

The recurrence leads to z ≥ 12, where the asymptotic series (Abramowitz, Stegun 1964, 6.3.18 and
6.4.12) are exact to the last place of float64; in float32 they are computed in float64 too.
"""

from __future__ import annotations

_FAR = """\
x, below = np.float64({at}), 0.0
while 0.0 < x < 12.0:
    below += STEP
    x += 1.0
y = 1.0 / x / x
tail = SERIES
{into} VALUE if x > 0 else np.nan"""


def _far(step: str, series: str, value: str) -> str:
    return _FAR.replace("STEP", step).replace("SERIES", series).replace("VALUE", value)


_BODIES = {
    "lgamma": "{into} math.lgamma({at}) if {at} > 0 else np.nan",
    "digamma": _far(
        "1.0 / x",
        "y * (1 / 12 - y * (1 / 120 - y * (1 / 252 - y * (1 / 240 - y * (1 / 132 "
        "- y * (691 / 32760 - y / 12))))))",
        "np.log(x) - 0.5 / x - tail - below",
    ),
    "trigamma": _far(
        "1.0 / x / x",
        "y * (1 / 6 - y * (1 / 30 - y * (1 / 42 - y * (1 / 30 - y * (5 / 66 "
        "- y * (691 / 2730 - y * 7 / 6))))))",
        "below + (1.0 + 0.5 / x + tail) / x",
    ),
}
_SLOPES = {"lgamma": "digamma", "digamma": "trigamma"}
#: The functions that have a body here.
GAMMA = frozenset(_BODIES)


def body(name: str, at: str = "z", into: str = "return") -> list[str]:
    """The lines of a function of `at`; `into` is what the last one does with its value."""
    return _BODIES[name].format(at=at, into=into).split("\n")


def complex_body(name: str) -> list[str]:
    """The lines that carry a small imaginary part along; that of ψ′ is NaN, as it has no slope."""
    lines = body(name, "z.real", "value =")
    slope = body(_SLOPES[name], "z.real", "slope =") if name in _SLOPES else ["slope = np.nan"]
    return [*lines, *slope, "return value + 1j * (z.imag * slope if z.imag != 0 else 0.0)"]
