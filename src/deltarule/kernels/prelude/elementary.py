"""exp, sigmoid, tanh, erf and 1 − erf by polynomials that run on several numbers at once.

They are within 3 last places in float64 (exp and tanh 2), and 3e−7 of the value in float32. exp is
reduced as in the Cephes library (S. L. Moshier), but by powers of 4; the polynomial is the one of
least largest relative error for (eʳ − 1)/r that is 1 at 0 (Remez), and it serves sigmoid and tanh
too, with one division each. erf in float32 is Eigen's (B. Steiner, J. Wakely and others), in
float64 that of Cephes. NaN is handed on; beyond the range of the type the results are 0, ∞ or ±1.
"""

from __future__ import annotations

import math

import numba
import numpy as np
from numba import njit, types
from numba.extending import intrinsic

real = np.float64
# Sums keep their order: the rest of a reduction is what is left of large numbers.
in_order = njit(error_model="numpy", nogil=True, fastmath={"contract"}, forceinline=True)


# ---- what follows goes into kernels


@intrinsic
def power(_context, shifted):  # pyright: ignore
    """2ʲ, where `shifted` is ROUND + j: the number j stands in its last bits."""
    bits, bias, digits, kind = SHAPE

    def write(context, builder, _signature, arguments):
        whole = context.get_value_type(types.int32 if bits == 32 else types.int64)
        # Moved to where an exponent stands, j is alone: the last bits of ROUND are 0.
        j = builder.shl(builder.bitcast(arguments[0], whole), whole(digits))
        return builder.bitcast(builder.add(j, whole(bias << digits)), arguments[0].type)

    return kind(kind), write


if numba.config.DISABLE_JIT:  # pyright: ignore

    def power(shifted):  # noqa: F811
        """2ʲ, where nothing is compiled."""
        return shifted if shifted != shifted else real(2.0) ** (shifted - ROUND)


SHAPE = (32, 127, 23, types.float32) if real is np.float32 else (64, 1023, 52, types.float64)
# What is added to this is rounded to an integer.
ROUND = real(1.5 * 2.0 ** SHAPE[2])
# Below and above these e to the z is 0 and ∞.
LOWEST, HIGHEST = (-105.0, 89.0) if real is np.float32 else (-747.0, 710.0)


@in_order
def reduced(x):
    """v and f such that e to the x is (1 + v)·f²: x = j·log 4 + r, v is e to the r, minus 1.

    Powers of 4 and not of 2, so that f is within the type wherever e to the x is. The polynomial is
    summed in pairs (Estrin): what waits for one result after the other takes longest.
    """
    shifted = x * real(0.7213475204444817) + ROUND
    j = shifted - ROUND
    if real is np.float32:
        r = x - j * real(1.38671875) + j * real(4.2438880e-4)
        s = r * r
        p = (real(2.035060811e-4) * r + real(1.411657988e-3)) * s
        p = (p + (real(8.331340575e-3) * r + real(4.166071171e-2))) * s
        p = p + (real(1.666668391e-1) * r + real(5.000003879e-1))
    else:
        r = x - j * real(1.38629150390625) - j * real(2.85721364061883446424e-6)
        s = r * r
        q = s * s
        p = (real(1.631350524361828e-10) * r + real(2.1065232388428584e-9)) * s
        p = (p + (real(2.5049700538644222e-8) * r + real(2.7556130377678092e-7))) * q
        u = (real(2.7557328918924217e-6) * r + real(2.4801590900887996e-5)) * s
        p = (p + (u + (real(1.9841269823496627e-4) * r + real(1.3888888883592064e-3)))) * q
        u = (real(8.33333333334673e-3) * r + real(4.1666666666700052e-2)) * s
        p = p + (u + (real(1.6666666666666639e-1) * r + real(4.999999999999994e-1)))
    return p * s + r, power(shifted)


@in_order
def fast_exp(z):
    """e to the z."""
    x = real(LOWEST) if real(LOWEST) > z else z
    v, f = reduced(real(HIGHEST) if real(HIGHEST) < x else x)
    return (v + real(1)) * f * f


@in_order
def fast_sigmoid(z):
    """1/(1 + e to the −z)."""
    # What is cut is z and not −z: then each cut is one instruction.
    x = real(-HIGHEST) if real(-HIGHEST) > z else z
    v, f = reduced(-(real(-LOWEST) if real(-LOWEST) < x else x))
    return real(1) / ((v + real(1)) * (f * f) + real(1))


@in_order
def fast_tanh(z):
    """tanh z: m/(m + 2) for m = e to the 2·|z|, minus 1, with the sign of z."""
    x = abs(z) * real(2)
    v, f = reduced(real(HIGHEST - 2) if real(HIGHEST - 2) < x else x)
    m = v * (f * f) + (f * f - real(1))
    return math.copysign(m / (m + real(2)), z)


@in_order
def tail_of_erf(x):
    """1 − erf x for x ≥ 1, by exp(−x²): nothing cancels, however small it is."""
    if real is np.float32:
        y = real(1) / (x * x)
        p = real(2.326819970068386e-2) * y - real(1.387039388740657e-1)
        p = (p * y + real(3.687424674597105e-1)) * y - real(5.824733027278666e-1)
        p = (p * y + real(6.210004621745983e-1)) * y - real(4.944515323274145e-1)
        p = (p * y + real(3.404879937665872e-1)) * y - real(2.741127028184656e-1)
        near = p * y + real(5.638259427386472e-1)
        p = real(-1.047766399936249e1) * y + real(1.297719955372516e1)
        p = (p * y - real(7.495518717768503)) * y + real(2.921019019210786)
        p = (p * y - real(1.015265279202700)) * y + real(4.218463358204948e-1)
        far = (p * y - real(2.820767439740514e-1)) * y + real(5.641895067754075e-1)
        return fast_exp(-x * x) / x * (near if x < real(2) else far)
    size = x
    p = real(2.46196981473530512524e-10) * size + real(5.64189564831068821977e-1)
    p = (p * size + real(7.46321056442269912687)) * size + real(4.86371970985681366614e1)
    p = (p * size + real(1.96520832956077098242e2)) * size + real(5.26445194995477358631e2)
    p = (p * size + real(9.34528527171957607540e2)) * size + real(1.02755188689515710272e3)
    p = p * size + real(5.57535335369399327526e2)
    q = (size + real(1.32281951154744992508e1)) * size + real(8.67072140885989742329e1)
    q = (q * size + real(3.54937778887819891062e2)) * size + real(9.75708501743205489753e2)
    q = (q * size + real(1.82390916687909736289e3)) * size + real(2.24633760818710981792e3)
    q = (q * size + real(1.65666309194161350182e3)) * size + real(5.57535340817727675546e2)
    p = p / q
    r = real(5.64189583547755073984e-1) * size + real(1.27536670759978104416)
    r = (r * size + real(5.01905042251180477414)) * size + real(6.16021097993053585195)
    r = (r * size + real(7.40974269950448939160)) * size + real(2.97886665372100240670)
    t = (size + real(2.26052863220117276590)) * size + real(9.39603524938001434673)
    t = (t * size + real(1.20489539808096656605e1)) * size + real(1.70814450747565897222e1)
    t = (t * size + real(9.60896809063285878198)) * size + real(3.36907645100081516050)
    return fast_exp(-size * size) * (p if size < real(8) else r / t)


@in_order
def fast_erf(z):
    """erf z: an odd quotient of polynomials, in float64 near 0 alone; elsewhere by exp(−z²)."""
    size = abs(z)
    s = z * z
    far = real(1) if z > real(0) else real(-1)
    if real is np.float32:
        s = real(16) if real(16) < s else s
        p = real(-2.72614225801306e-10) * s + real(2.77068142495902e-8)
        p = p * s - real(2.10102402082508e-6)
        p = p * s - real(5.69250639462346e-5)
        p = p * s - real(7.34990630326855e-4)
        p = p * s - real(2.95459980854025e-3)
        p = p * s - real(1.60960333262415e-2)
        q = real(-1.45660718464996e-5) * s - real(2.13374055278905e-4)
        q = q * s - real(1.68282697438203e-3)
        q = q * s - real(7.37332916720468e-3)
        q = q * s - real(1.42647390514189e-2)
        return far if size > real(3.8) else z * (p / q)
    p = (s + real(2.39567404248797935772e+1)) * s + real(4.31331930059768410873e+2)
    p = ((p * s + real(2.36231848376295808761e+3)) * s + real(1.56256749202610426699e+4)) * s
    q = (s + real(3.35617141647503099647e1)) * s + real(5.21357949780152679795e2)
    q = ((q * s + real(4.59432382970980127987e3)) * s + real(2.26290000613890934246e4)) * s
    near = z + z * ((real(6.32490704017590416820e+3) - p) / (q + real(4.92673942608635921086e4)))
    wide = real(1) - tail_of_erf(size)
    wide = wide if z > real(0) else -wide
    wide = far if size > real(6) else wide
    return wide if size >= real(1) else near


@in_order
def fast_erfc(z):
    """1 − erf z, without cancellation where erf z is close to 1."""
    size = abs(z)
    far = tail_of_erf(size if size > real(1) else real(1))
    far = far if z > real(0) else real(2) - far
    far = (real(0) if z > real(0) else real(2)) if size > real(30) else far
    return far if size >= real(1) else real(1) - fast_erf(z)
