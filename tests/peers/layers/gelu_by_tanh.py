"""GELU by its approximation: z/2·(1 + tanh(√(2/π)·(z + c·z³)))."""

from deltarule.language import *

N, M = sizes("N M")
n, m = indices("n m")
c = scalar("c", "0.044715")

z, h = input("z", N, M), output("h", N, M)

h[n, m] = z[n, m] / 2 * (1 + tanh(sqrt(2 / pi) * (z[n, m] + c * z[n, m]**3)))
