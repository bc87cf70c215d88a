"""Selective state space (Mamba, Gu and Dao 2023): step Δ, input B and output C depend on x."""

from deltarule.language import *

aliases("mamba", "s6", "selective_state_space")

T, D, N = sizes("T D N")
t, d, k, n = indices("t d k n")

x = input("x", T, D)
A = parameter("A", D, N)
W_B, W_C = parameter("W_B", D, N), parameter("W_C", D, N)
W_s, b, skip = parameter("W_s", D, D), parameter("b", D), parameter("D", D)
s = intermediate("s", T, D)
B, C = intermediate("B", T, N), intermediate("C", T, N)
h = state("h", T, D, N, before=0)
y = output("y", T, D)

s[t, d] = softplus(Sum[k](x[t, k] * W_s[k, d]) + b[d])
B[t, n] = Sum[d](x[t, d] * W_B[d, n])
C[t, n] = Sum[d](x[t, d] * W_C[d, n])
h[t, d, n] = exp(s[t, d] * A[d, n]) * h[t - 1, d, n] + s[t, d] * B[t, n] * x[t, d]
y[t, d] = Sum[n](C[t, n] * h[t, d, n]) + skip[d] * x[t, d]
