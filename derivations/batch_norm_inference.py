"""Batch normalisation when the network is used: mean and variance are those kept from training."""

from deltarule.language import *

N, C = sizes("N C")
n, c = indices("n c")
epsilon = scalar("epsilon", "0.00001", within="[0, oo)")

x = input("x", N, C)
gamma, beta = parameter("gamma", C), parameter("beta", C)
mu, v = input("mu", C), input("v", C, within=(0, oo))
y = output("y", N, C)

y[n, c] = gamma[c] * (x[n, c] - mu[c]) / sqrt(v[c] + epsilon) + beta[c]
