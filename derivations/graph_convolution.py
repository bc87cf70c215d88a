"""Graph convolution (Kipf and Welling 2017): y = ReLU(Â x W) with Â = D^(−1/2) (A + I) D^(−1/2).

g[i] is the number of neighbours of node i, itself among them.
"""

from deltarule.language import *

aliases("gcn", "graph_conv")

V, D, M = sizes("V D M")
i, j, d, m = indices("i j d m")

A = target("A", V, V, within="[0, 1]")
x, W = input("x", V, D), parameter("W", D, M)
g, Ahat, s = intermediate("g", V), intermediate("Ahat", V, V), intermediate("s", V, M)
y = output("y", V, M)

g[i] = 1 + Sum[j](A[i, j])
Ahat[i, j] = (A[i, j] + delta(i, j)) * rsqrt(g[i] * g[j])
s[i, m] = Sum[j, d](Ahat[i, j] * x[j, d] * W[d, m])
y[i, m] = relu(s[i, m])
