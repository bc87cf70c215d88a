"""Tweedie deviance with a power p from 1 to 2 and the logarithm as link: μ = exp(s)."""

from deltarule.language import *

aliases("tweedie")

N = size("N")
n = index("n")
p = scalar("p", 1.5, within="(0, 2)")

s, y = input("s", N), target("y", N, within="[0, oo)")
mu = intermediate("mu", N)

mu[n] = exp(s[n])
L = loss("L", Mean[n](mu[n] ** (2 - p) / (2 - p) - y[n] * mu[n] ** (1 - p) / (1 - p)))
