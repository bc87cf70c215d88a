"""Residual blocks with shared weights are a recurrent network: h_t = h_{t−1} + φ(W h_{t−1} + b).

Depth becomes time; h₀ is the input.
"""

from deltarule.language import *

aliases("recurrent_resnet")

phi = activation("activation", "tanh", "inside every block")

T, N, H = sizes("T N H")
t, n, k, m = indices("t n k m")

W, b = parameter("W", H, H), parameter("b", H)
h0 = input("h0", N, H)
s = intermediate("s", T, N, H)
h = state("h", T, N, H, before=h0)
y = output("y", N, H)

s[t, n, m] = b[m] + Sum[k](h[t - 1, n, k] * W[k, m])
h[t, n, m] = h[t - 1, n, m] + phi(s[t, n, m])
y[n, m] = h[T - 1, n, m]
