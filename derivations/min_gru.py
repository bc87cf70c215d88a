"""minGRU (Feng et al. 2024): h_t = (1 − z) h_{t−1} + z c, where z and c do not see h."""

from deltarule.language import *

aliases("mingru")

layout("layout", "time_first", batch_first=(0, 1))

T, N, D, H = sizes("T N D H")
t, n, d, m = indices("t n d m")

x = input("x", T, N, D)
W_z, W_h = parameter("W_z", D, H), parameter("W_h", D, H)
h = state("h", T, N, H, before=parameter("h0", N, H))
z, c = intermediate("z", T, N, H), intermediate("c", T, N, H)
y = output("y", T, N, H)

z[t, n, m] = sigmoid(Sum[d](x[t, n, d] * W_z[d, m]))
c[t, n, m] = Sum[d](x[t, n, d] * W_h[d, m])
h[t, n, m] = (1 - z[t, n, m]) * h[t - 1, n, m] + z[t, n, m] * c[t, n, m]
y[t, n, m] = h[t, n, m]
