"""Recurrent attention model: a network that sees a window of the picture at every time.

At time t the K×K window whose corner is at (a_t, b_t) is cut out of the picture; the corner is
given (choosing it needs reinforcement learning, Mnih, Heess, Graves and Kavukcuoglu 2014). What is
seen and where it was seen make the glimpse g_t, and h_t = ReLU(W_hh h_{t−1} + W_gh g_t); the last
state names the class.
"""

from deltarule.language import *

aliases("recurrent_attention_model", "ram")

T, A, B, K, G, H, M = sizes("T A B K G H M")
t, i, j, q, k, m, c, l = indices("t i j q k m c l")

x = input("x", A, B, outside=0)
row, column = input("row", T, below=A), input("col", T, below=B)
place = input("loc", T, 2)
W_x, W_l = parameter("W_x", K, K, G), parameter("W_l", 2, G)
W_hh, W_gh, b = parameter("W_hh", H, H), parameter("W_gh", G, H), parameter("b_h", H)
W_hy, b_y = parameter("W_hy", H, M), parameter("b_y", M)
patch = intermediate("patch", T, K, K)
r, g = intermediate("r", T, G), intermediate("g", T, G)
s = intermediate("s", T, H)
h = state("h", T, H, before=0)
z, p = intermediate("z", M), intermediate("p", M)
y = target("y", M, sums_to_one=0)

patch[t, i, j] = x[row[t] + i, column[t] + j]
r[t, q] = Sum[i, j](patch[t, i, j] * W_x[i, j, q]) + Sum[l](place[t, l] * W_l[l, q])
g[t, q] = relu(r[t, q])
s[t, m] = Sum[k](h[t - 1, k] * W_hh[k, m]) + Sum[q](g[t, q] * W_gh[q, m]) + b[m]
h[t, m] = relu(s[t, m])
z[c] = Sum[m](h[T - 1, m] * W_hy[m, c]) + b_y[c]
p[c] = exp(z[c]) / Sum[l](exp(z[l]))

E = loss("E", -Sum[c](y[c] * log(p[c])))
