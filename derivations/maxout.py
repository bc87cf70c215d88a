"""Maxout: every unit is the largest of K weighted sums. (ReLU is one of two, the other being 0.)"""

from deltarule.language import *

ties = option("ties", "first", "of several largest sums, which pass the gradient", choices=TIES)

N, D, M, K = sizes("N D M K")
n, d, m, k = indices("n d m k")

x = input("x", N, D)
W, b = parameter("W", D, M, K), parameter("b", M, K)
s, h = intermediate("s", N, M, K), output("h", N, M)

s[n, m, k] = b[m, k] + Sum[d](x[n, d] * W[d, m, k])
h[n, m] = Max[k](s[n, m, k], ties=ties)
