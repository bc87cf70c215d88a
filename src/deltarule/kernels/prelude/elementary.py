"""exp and tanh by polynomials that run on several numbers at once, within 2 last places.

The reductions and coefficients are those of the Cephes library (S. L. Moshier). What is no number
is handed on; beyond the range of the type the results are 0, ∞ or ±1.
"""

from __future__ import annotations

import math

import numba
import numpy as np
from numba import njit, types
from numba.extending import intrinsic

real = np.float64


# ---- what follows goes into kernels


@intrinsic
def shifted_exponent(_context, k):  # pyright: ignore
    """2ᵏ of a whole k in the range of the exponent, put together from its bits."""
    bits, bias, digits, kind = SHAPE

    def generate(context, builder, _signature, arguments):
        whole = context.get_value_type(types.int32 if bits == 32 else types.int64)
        moved = builder.add(builder.fptosi(arguments[0], whole), whole(bias))
        return builder.bitcast(builder.shl(moved, whole(digits)), arguments[0].type)

    return kind(kind), generate


if numba.config.DISABLE_JIT:  # pyright: ignore

    def shifted_exponent(k):  # noqa: F811
        """2ᵏ, where nothing is compiled."""
        return real(math.ldexp(1.0, int(k)))


SHAPE = (32, 127, 23, types.float32) if real is np.float32 else (64, 1023, 52, types.float64)
# Here sums keep their order: the rest of the reduction is what is left of large numbers.
in_order = njit(error_model="numpy", nogil=True, fastmath={"contract"}, forceinline=True)
LOWEST, HIGHEST = (-104.0, 89.0) if real is np.float32 else (-746.0, 710.0)


@in_order
def fast_exp(z):
    """e to the z: z = k·log 2 + r, and a polynomial (or a quotient of two) for e to the r."""
    x = min(max(z, real(LOWEST)), real(HIGHEST))
    k = np.floor(x * real(1.4426950408889634) + real(0.5))
    if real is np.float32:
        r = x - k * real(0.693359375) + k * real(2.12194440e-4)
        p = real(1.9875691500e-4)
        p = p * r + real(1.3981999507e-3)
        p = p * r + real(8.3334519073e-3)
        p = p * r + real(4.1665795894e-2)
        p = p * r + real(1.6666665459e-1)
        p = p * r + real(5.0000001201e-1)
        value = p * r * r + r + real(1)
    else:
        r = x - k * real(6.93145751953125e-1) - k * real(1.42860682030941723212e-6)
        s = r * r
        p = (real(1.26177193074810590878e-4) * s + real(3.02994407707441961300e-2)) * s + real(1)
        q = (real(3.00198505138664455042e-6) * s + real(2.52448340349684104192e-3)) * s
        q = (q + real(2.27265548208155028766e-1)) * s + real(2)
        value = real(1) + real(2) * r * p / (q - r * p)
    half = np.floor(k * real(0.5))
    value = value * shifted_exponent(half) * shifted_exponent(k - half)
    return value if z == z else z


@in_order
def fast_tanh(z):
    """tanh z: an odd polynomial (or quotient) near 0, and 1 − 2/(e to the 2z + 1) elsewhere."""
    size = abs(z)
    s = z * z
    if real is np.float32:
        p = real(-5.70498872745e-3) * s + real(2.06390887954e-2)
        p = (p * s - real(5.37397155531e-2)) * s + real(1.33314422036e-1)
        near = z + z * s * (p * s - real(3.33332819422e-1))
    else:
        p = real(-9.64399179425052238628e-1) * s - real(9.92877231001918586564e1)
        p = p * s - real(1.61468768441708447952e3)
        q = (s + real(1.12811678491632931402e2)) * s + real(2.23548839060100448583e3)
        near = z + z * s * p / (q * s + real(4.84406305325125486048e3))
    far = real(1) - real(2) / (fast_exp(size + size) + real(1))
    far = far if z > real(0) else -far
    value = near if size < real(0.625) else far
    return value if z == z else z
