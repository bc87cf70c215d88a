"""Parametric ReLU: below zero the slope a[m] of each unit is learnt along with the weights."""

from deltarule.language import *

aliases("parametric_relu")

N, M = sizes("N M")
n, m = indices("n m")

z, a = input("z", N, M), parameter("a", M)
h = output("h", N, M)

h[n, m] = leaky_relu(z[n, m], a[m])
