"""Spatial transformer (Jaderberg et al. 2015): an affine grid, read with bilinear weights."""

from deltarule.language import *

aliases("stn")

N, C, H, W, I, J = sizes("N C H W I J")
n, c, i, j, p, q, k = indices("n c i j p q k")

x, theta = input("x", N, C, H, W), input("theta", N, 2, 3)
u, v = intermediate("u", N, I, J), intermediate("v", N, I, J)
y = output("y", N, C, I, J)

u[n, i, j] = theta[n, 0, 0] * i + theta[n, 0, 1] * j + theta[n, 0, 2]
v[n, i, j] = theta[n, 1, 0] * i + theta[n, 1, 1] * j + theta[n, 1, 2]
y[n, c, i, j] = Sum[p, q](
    x[n, c, p, q] * max(0, 1 - abs(u[n, i, j] - p)) * max(0, 1 - abs(v[n, i, j] - q))
)
