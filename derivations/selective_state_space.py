"""Selective state space (Mamba; Gu and Dao 2023): step Δ, input B and output C depend on x.

h_t = exp(Δ_t A) h_{t−1} + Δ_t B_t x_t,  y_t = C_t h_t + v x_t
"""

from deltarule.language import *

aliases("mamba", "s6")

T, D, S = sizes("T D S")
t, d, e, s = indices("t d e s")

x = input("x", T, D)
A, W_B, W_C = parameter("A", D, S), parameter("W_B", D, S), parameter("W_C", D, S)
W_delta, b, skip = parameter("W_delta", D, D), parameter("b", D), parameter("v", D)
delta_t, B, C = intermediate("Delta", T, D), intermediate("B", T, S), intermediate("C", T, S)
h = state("h", T, D, S, before=0)
y = output("y", T, D)

delta_t[t, d] = softplus(Sum[e](x[t, e] * W_delta[e, d]) + b[d])
B[t, s] = Sum[d](x[t, d] * W_B[d, s])
C[t, s] = Sum[d](x[t, d] * W_C[d, s])
h[t, d, s] = exp(delta_t[t, d] * A[d, s]) * h[t - 1, d, s] + delta_t[t, d] * B[t, s] * x[t, d]
y[t, d] = Sum[s](C[t, s] * h[t, d, s]) + skip[d] * x[t, d]
