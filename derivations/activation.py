"""An elementwise activation h = φ(z): sigmoid, tanh, ReLU, leaky ReLU, ELU, GELU, SiLU, exp."""

from deltarule.language import *

phi = activation("activation", "relu", "the function that is applied to every entry")

scaled = option("scaled", False, "softplus with a sharpness β: log(1 + exp(β z))/β")

N, M = sizes("N M")
n, m = indices("n m")

z, h = input("z", N, M), output("h", N, M)

if scaled and phi is softplus:
    beta = scalar("beta", 1, within="(0, oo)")
    h[n, m] = softplus(beta * z[n, m]) / beta
else:
    h[n, m] = phi(z[n, m])
