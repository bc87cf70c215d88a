"""Short correlations by Winograd's method, derived from polynomials (Toom and Cook).

    y_i = Σ_k g_k·d_{i+k}     m outputs, r taps, n = m + r − 1 products:  y = Aᵀ[(G g) ⊙ (Bᵀ d)]

The product of two polynomials with m and r coefficients has n of them, which its values at n
points fix; ∞, the leading coefficient, is one of the points. A and G (Vandermonde) take m and r
coefficients to values, C takes n; by transposition (Tellegen) the correlation has B = C⁻¹.

The three matrices stand for one trilinear form, Σ_i (A y)_i·(G g)_i·(Bᵀ d)_i = Σ y_i·g_k·d_{i+k},
so that they give all three sums of a window pattern; in two dimensions by Kronecker products:

    Y = Aᵀ[(G W Gᵀ) ⊙ (Bᵀ X B)]A     dX = B[(G W Gᵀ) ⊙ (A Y Aᵀ)]Bᵀ     dW = Gᵀ[(Bᵀ X B) ⊙ (A Y Aᵀ)]G

Nothing is used before the form was compared, coefficient by coefficient and exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sympy import ImmutableMatrix, Integer, Matrix, Rational, prod, sqrt

from deltarule.errors import DeltaruleError

#: Finite points for n products; ∞ is added. Pairs ±p share their even and odd parts, sums of
#: powers of 2 are exact in floating point, and of such points these amplify errors least.
POINTS = {
    3: (Rational(0), Rational(1)),
    4: (Rational(0), Rational(1), Rational(-1)),
    6: (Rational(0), *(s * p for p in (Rational(5, 8), Rational(3, 2)) for s in (1, -1))),
}


@dataclass(frozen=True)
class Bilinear:
    """F(m, r): the matrices A (n × m), G (n × r) and B (n × n), and the points they belong to."""

    outputs: int
    taps: int
    points: tuple[Rational, ...]
    A: ImmutableMatrix
    G: ImmutableMatrix
    B: ImmutableMatrix

    @property
    def products(self) -> int:
        """n, along one axis."""
        return self.A.rows

    def description(self) -> str:
        """F(4, 3) at 0, 5/8, −5/8, 3/2, −3/2, ∞."""
        points = ", ".join(str(p).replace("-", "−") for p in self.points)
        return f"F({self.outputs}, {self.taps}) at {points}, ∞"


@cache
def cook_toom(outputs: int, taps: int) -> Bilinear:
    """The proved algorithm at the points for its size. Raises DeltaruleError without such."""
    count = outputs + taps - 1
    if count not in POINTS:
        known = ", ".join(map(str, POINTS))
        raise DeltaruleError(
            f"no points are set for {count} products",
            f"F({outputs}, {taps})",
            f"take outputs + taps − 1 from {known}",
        )
    return proved(at_points(outputs, taps, POINTS[count]))


def at_points(outputs: int, taps: int, points: Sequence[Rational]) -> Bilinear:
    """The algorithm at any n − 1 different finite points and ∞, not proved yet.

    B's columns are made monic polynomials ∏_{j≠i} (x − p_j); what they are divided by goes into G,
    which is applied to weights only.
    """
    count = len(points) + 1
    A, G, C = (_values(points, k) for k in (outputs, taps, count))
    B = C.inv()
    for i, p in enumerate(points):
        scale = prod((p - q for q in points if q != p), start=Integer(1))
        B[:, i] *= scale
        G[i, :] /= scale
    return Bilinear(outputs, taps, tuple(points), *map(ImmutableMatrix, (A, G, B)))


def _values(points: Sequence[Rational], count: int) -> Matrix:
    """From coefficients to the values at the points, and the leading coefficient."""
    rows = [[p**k for k in range(count)] for p in points]
    return Matrix([*rows, [0] * (count - 1) + [1]])


def proved(found: Bilinear) -> Bilinear:
    """The same, where Σ_i A[i, y]·G[i, k]·B[j, i] is 1 for j = y + k and else 0.

    These are all coefficients of Σ y·g·d in the trilinear form, so all three sums are right; and
    the Kronecker product of the form with itself has the products of its coefficients.
    Raises DeltaruleError where one is wrong.
    """
    A, G, B = found.A, found.G, found.B
    for y in range(found.outputs):
        for k in range(found.taps):
            for j in range(found.products):
                value = sum(A[i, y] * G[i, k] * B[j, i] for i in range(found.products))
                if value != int(j == y + k):
                    raise DeltaruleError(
                        f"y{y}·g{k}·d{j} has the coefficient {value}, not {int(j == y + k)}",
                        found.description(),
                        "the matrices do not compute this correlation",
                    )
    return found


def amplification(found: Bilinear) -> tuple[float, float]:
    """By how much errors of rounding can grow: on average, and at worst, along one axis.

    The first is √(Σ_i ‖a_i‖²·‖g_i‖²·‖b_i‖² / (m·r)), over the vectors of each product; it is 1 for
    direct summation. The second is max_y Σ_i |A[i, y]|·‖g_i‖₁·‖b_i‖₁, for numbers of at most 1,
    and r for direct summation. In two dimensions both are squared.
    """
    A, G, B = (matrix.tolist() for matrix in (found.A, found.G, found.B.T))
    mean, worst = Integer(0), [Integer(0)] * found.outputs
    for a, g, b in zip(A, G, B):
        mean += prod(sum(v**2 for v in vector) for vector in (a, g, b))
        size = sum(map(abs, g)) * sum(map(abs, b))
        worst = [total + abs(v) * size for total, v in zip(worst, a)]
    return float(sqrt(mean / (found.outputs * found.taps))), float(max(worst))
