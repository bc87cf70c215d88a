"""SwiGLU and GEGLU (Shazeer 2020): y = (φ(x W) ⊙ x V) W₂, with φ = SiLU, GELU or σ.

The feed-forward layer of transformers: one weighted sum lets another one through.
"""

from deltarule.language import *

aliases("geglu", "glu", "gated_linear_unit")

gate = option("gate", "silu", "what lets through", choices=("silu", "gelu", "sigmoid"))
through = {"silu": silu, "gelu": gelu, "sigmoid": sigmoid}[gate]

N, D, H, M = sizes("N D H M")
n, d, h, m = indices("n d h m")

x = input("x", N, D)
W, V, W2 = parameter("W", D, H), parameter("V", D, H), parameter("W2", H, M)
a, b = intermediate("a", N, H), intermediate("b", N, H)
y = output("y", N, M)

a[n, h] = Sum[d](x[n, d] * W[d, h])
b[n, h] = Sum[d](x[n, d] * V[d, h])
y[n, m] = Sum[h](through(a[n, h]) * b[n, h] * W2[h, m])
