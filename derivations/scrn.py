"""SCRN, a recurrent network with slow context units: c_t = (1 − α) B x_t + α c_{t−1}.

h_t = σ(P c_t + A x_t + R h_{t−1}) and ŷ_t = U h_t + V c_t. The context c forgets at the constant
rate 1 − α, so its error fades slowly (Mikolov, Joulin, Chopra, Mathieu and Ranzato 2014).
"""

from deltarule.language import *

aliases("structurally_constrained_rnn")

batch = option("batch", True, "several sequences at once, one a row")
layout("layout", "time_first", batch_first=(0, 1))

T, N, D, H, K, M = sizes("T N D H K M")
t, n, d, j, k, m, o = indices("t n d j k m o")
rows, row = ([N], [n]) if batch else ([], [])
alpha = scalar("alpha", "0.95", within="[0, 1]")

x = input("x", T, *rows, D)
A, B, P = parameter("A", D, H), parameter("B", D, K), parameter("P", K, H)
R, U, V = parameter("R", H, H), parameter("U", H, M), parameter("V", K, M)
c = state("c", T, *rows, K, before=parameter("c0", *rows, K))
h = state("h", T, *rows, H, before=parameter("h0", *rows, H))
s = intermediate("s", T, *rows, H)
yhat = intermediate("yhat", T, *rows, M)
y = target("y", T, *rows, M)

c[t, *row, k] = (1 - alpha) * Sum[d](x[t, *row, d] * B[d, k]) + alpha * c[t - 1, *row, k]
s[t, *row, m] = (
    Sum[k](c[t, *row, k] * P[k, m])
    + Sum[d](x[t, *row, d] * A[d, m])
    + Sum[j](h[t - 1, *row, j] * R[j, m])
)
h[t, *row, m] = sigmoid(s[t, *row, m])
yhat[t, *row, o] = Sum[m](h[t, *row, m] * U[m, o]) + Sum[k](c[t, *row, k] * V[k, o])

E = loss("E", Sum[t, *row, o](square(y[t, *row, o] - yhat[t, *row, o])) / 2)
