"""Kalman filter for one number: the likelihood of its measurements by their innovations.

A hidden value follows x_t = a x_{t−1} + noise of variance q and is measured as z_t = c x_t + noise
of variance r. Predict m⁻, P⁻; the innovation v = z − c m⁻ has the variance s; the gain k = P⁻c/s
corrects the prediction. E is −log of the likelihood.
"""

from deltarule.language import *

aliases("kalman_filter", "kalman_scalar")

T = size("T")
t = index("t")

z = input("z", T)
a, c = parameter("a"), parameter("c")
q, r = parameter("q", within=(0, oo)), parameter("r", within=(0, oo))
m0, P0 = parameter("m0"), parameter("P0", within=(0, oo))
m, P = state("m", T, before=m0), state("P", T, before=P0)
m_p, P_p = intermediate("m_p", T), intermediate("P_p", T)
v, s, k = intermediate("v", T), intermediate("s", T), intermediate("k", T)

m_p[t] = a * m[t - 1]
P_p[t] = square(a) * P[t - 1] + q
v[t] = z[t] - c * m_p[t]
s[t] = square(c) * P_p[t] + r
k[t] = P_p[t] * c / s[t]
m[t] = m_p[t] + k[t] * v[t]
P[t] = (1 - k[t] * c) * P_p[t]

E = loss("E", Sum[t](log(2 * pi * s[t]) + square(v[t]) / s[t]) / 2)
