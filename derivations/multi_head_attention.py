"""Multi-head attention (Vaswani et al. 2017): H attentions side by side, and their weighted sum."""

from deltarule.language import *

aliases("mha")

layout("layout", "batch_first", time_first=(-2, 0))

N, T, E, H, D = sizes("N T E H D")
n, i, j, l, e, h, d, m = indices("n i j l e h d m")

x = input("x", N, T, E)
W_q, W_k, W_v = (parameter(f"W_{name}", H, E, D) for name in "qkv")
W_o = parameter("W_o", H, D, E)
q, k, v = (intermediate(name, N, H, T, D) for name in "qkv")
s, a = intermediate("s", N, H, T, T), intermediate("a", N, H, T, T)
o, y = intermediate("o", N, H, T, D), output("y", N, T, E)

for made, weights in ((q, W_q), (k, W_k), (v, W_v)):
    made[n, h, i, d] = Sum[e](x[n, i, e] * weights[h, e, d])
s[n, h, i, j] = Sum[d](q[n, h, i, d] * k[n, h, j, d]) / sqrt(D)
a[n, h, i, j] = exp(s[n, h, i, j]) / Sum[l](exp(s[n, h, i, l]))
o[n, h, i, d] = Sum[j](a[n, h, i, j] * v[n, h, j, d])
y[n, i, m] = Sum[h, d](o[n, h, i, d] * W_o[h, d, m])
