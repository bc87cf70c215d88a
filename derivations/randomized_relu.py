"""Randomised ReLU: below zero the slope is drawn for every entry, and given here as 1/r.

In training r is drawn from 3 to 8; when the network is used it is fixed at its mean.
"""

from deltarule.language import *

aliases("rrelu", "randomised_relu")

N, M = sizes("N M")
n, m = indices("n m")

z = input("z", N, M)
r = input("r", N, M, below=6)
h = output("h", N, M)

h[n, m] = leaky_relu(z[n, m], 1 / (r[n, m] + 3))
