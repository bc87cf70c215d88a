"""Kalman filter: the likelihood of a sequence of measurements by their innovations.

A hidden state follows x_t = A x_{t−1} + noise of covariance Q and is measured as z_t = C x_t +
noise of covariance R. Predict m⁻ = A m, P⁻ = A P Aᵀ + Q; the innovation v = z − C m⁻ has the
covariance S = C P⁻ Cᵀ + R; the gain K = P⁻ Cᵀ S⁻¹ corrects the prediction. E is −log of the
likelihood.
"""

from deltarule.language import *

aliases("vector_kalman_filter")

T, D, M = sizes("T D M")
t, i, j, k, l, a, b = indices("t i j k l a b")

z = input("z", T, M)
A, C = parameter("A", D, D), parameter("C", M, D)
Q, R = parameter("Q", D, D, covariance=True), parameter("R", M, M, covariance=True)
m = state("m", T, D, before=parameter("m0", D))
P = state("P", T, D, D, before=parameter("P0", D, D, covariance=True))
m_p, F, P_p = intermediate("m_p", T, D), intermediate("F", T, D, D), intermediate("P_p", T, D, D)
v, G = intermediate("v", T, M), intermediate("G", T, D, M)
S, S_inv = intermediate("S", T, M, M), intermediate("S_inv", T, M, M)
K, log_det = intermediate("K", T, D, M), intermediate("log_det", T)
E_t = intermediate("E_t", T)

m_p[t, i] = Sum[j](A[i, j] * m[t - 1, j])
F[t, i, k] = Sum[j](A[i, j] * P[t - 1, j, k])
P_p[t, i, j] = Sum[k](F[t, i, k] * A[j, k]) + Q[i, j]
v[t, a] = z[t, a] - Sum[i](C[a, i] * m_p[t, i])
G[t, i, b] = Sum[j](P_p[t, i, j] * C[b, j])
S[t, a, b] = Sum[i](C[a, i] * G[t, i, b]) + R[a, b]
S_inv[t, a, b] = Inverse[a, b](S[t, a, b])
K[t, i, b] = Sum[a](G[t, i, a] * S_inv[t, a, b])
m[t, i] = m_p[t, i] + Sum[a](K[t, i, a] * v[t, a])
P[t, i, j] = P_p[t, i, j] - Sum[a](K[t, i, a] * G[t, j, a])

log_det[t] = LogDet[a, b](S[t, a, b])
E_t[t] = (M * log(2 * pi) + log_det[t] + Sum[a, b](v[t, a] * S_inv[t, a, b] * v[t, b])) / 2
E = loss("E", Sum[t](E_t[t]))
