"""Dense layer with an L2 penalty: E = ½ Σ (y − t)² + λ/2 · Σ W². The bias has no penalty.

The penalty keeps the weights small (weight decay, ridge regression). A bias only shifts the
outputs, so it is left out: the gradient of W has the term λ·W, that of b has none.
"""

from deltarule.language import *

aliases("ridge_regression", "dense_l2")

N, D, M = sizes("N D M")
n, d, m = indices("n d m")
decay = scalar("lambda", "0.01", within="[0, oo)")

x = input("x", N, D)
W, b = parameter("W", D, M), parameter("b", M)
t = target("t", N, M)
y = intermediate("y", N, M)
C, R = intermediate("C"), intermediate("R")

y[n, m] = Sum[d](x[n, d] * W[d, m]) + b[m]
C[()] = Sum[n, m](square(y[n, m] - t[n, m])) / 2
R[()] = decay / 2 * Sum[d, m](square(W[d, m]))
E = loss("E", C + R)
