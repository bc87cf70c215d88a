"""Quantile (pinball) loss: max(τ (y − q), (τ − 1) (y − q))."""

from deltarule.language import *

aliases("pinball_loss")

N = size("N")
n = index("n")
tau = scalar("tau", 0.9, within="[0, 1]")

q, y = input("q", N), target("y", N)

L = loss("L", Mean[n](max(tau * (y[n] - q[n]), (tau - 1) * (y[n] - q[n]))))
