"""An elementwise activation h = φ(z): sigmoid, tanh, ReLU, leaky ReLU, ELU, GELU, softplus, exp."""

from deltarule.language import *

phi = activation("activation", "relu", "the function that is applied to every entry")

N, M = sizes("N M")
n, m = indices("n m")

z, h = input("z", N, M), output("h", N, M)

h[n, m] = phi(z[n, m])
