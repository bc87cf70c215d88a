"""Bidirectional recurrent network: one state goes forward in time, one backward, ŷ_t sees both.

f_t = tanh(W_xf x_t + W_ff f_{t−1} + b_f), b_t = tanh(W_xb x_t + W_bb b_{t+1} + b_b),
ŷ_t = W_fy f_t + W_by b_t + b_y. The backward state starts behind the last time.
"""

from deltarule.language import *

aliases("birnn", "bidirectional")

batch = option("batch", True, "several sequences at once, one a row")
phi = activation("activation", "tanh", "of the states")
layout("layout", "time_first", batch_first=(0, 1))

T, N, D, H, M = sizes("T N D H M")
t, n, d, k, m, o = indices("t n d k m o")
rows, row = ([N], [n]) if batch else ([], [])

x = input("x", T, *rows, D)
W_xf, W_ff, b_f = parameter("W_xf", D, H), parameter("W_ff", H, H), parameter("b_f", H)
W_xb, W_bb, b_b = parameter("W_xb", D, H), parameter("W_bb", H, H), parameter("b_b", H)
W_fy, W_by, b_y = parameter("W_fy", H, M), parameter("W_by", H, M), parameter("b_y", M)
f = state("f", T, *rows, H, before=parameter("f0", *rows, H))
b = state("b", T, *rows, H, after=parameter("b0", *rows, H))
s_f, s_b = intermediate("s_f", T, *rows, H), intermediate("s_b", T, *rows, H)
yhat = intermediate("yhat", T, *rows, M)
y = target("y", T, *rows, M)

s_f[t, *row, m] = (
    Sum[d](x[t, *row, d] * W_xf[d, m]) + Sum[k](f[t - 1, *row, k] * W_ff[k, m]) + b_f[m]
)
f[t, *row, m] = phi(s_f[t, *row, m])
s_b[t, *row, m] = (
    Sum[d](x[t, *row, d] * W_xb[d, m]) + Sum[k](b[t + 1, *row, k] * W_bb[k, m]) + b_b[m]
)
b[t, *row, m] = phi(s_b[t, *row, m])
yhat[t, *row, o] = (
    Sum[m](f[t, *row, m] * W_fy[m, o]) + Sum[m](b[t, *row, m] * W_by[m, o]) + b_y[o]
)
E = loss("E", Sum[t, *row, o](square(y[t, *row, o] - yhat[t, *row, o])) / 2)
