"""A physics-informed network (Raissi et al. 2019): the residual of the heat equation u_t = κ·u_xx.

u is a network of one hidden layer in place x and time t; its derivatives by both are lines too.
"""

from deltarule.language import *

aliases("physics_informed")

N, H = sizes("N H")
n, k = indices("n k")

x, t = target("x", N), target("t", N)
v, w = parameter("v", H), parameter("w", H)
b, a = parameter("b", H), parameter("a", H)
kappa = scalar("kappa", "0.1", within="(0, oo)")
h, u, r = intermediate("h", N, H), intermediate("u", N), intermediate("r", N)

h[n, k] = tanh(v[k] * x[n] + w[k] * t[n] + b[k])
u[n] = Sum[k](a[k] * h[n, k])
u_x, u_t = gradient(u, x), gradient(u, t)
u_xx = gradient(u_x, x)
r[n] = u_t[n] - kappa * u_xx[n]

E = loss("E", Mean[n](r[n] ** 2))
