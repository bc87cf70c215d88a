"""Stochastic pooling: of every window one entry is drawn and passed on.

The draw is data: u and v say which row and column of the window was drawn. (In training the
chance of an entry is its share of the window's sum.)
"""

from deltarule.language import *

layout("layout", "channels_first", channels_last=(1, -1))

N, C, I, J = sizes("N C I J")
K, L = attribute("K", height=2), attribute("L", width=2)
S = attribute("S", stride=2)
H = size("H", S*(I - 1) + K)
W = size("W", S*(J - 1) + L)
n, c, i, j = indices("n c i j")

x = input("x", N, C, H, W)
u = input("u", N, C, I, J, below=K)
v = input("v", N, C, I, J, below=L)
y = output("y", N, C, I, J)

y[n, c, i, j] = x[n, c, S*i + u[n, c, i, j], S*j + v[n, c, i, j]]
