"""Momentum of averages: the velocity is a running mean of gradients, v after = β·v + (1 − β)·g.

The parameter goes against it. With momentum's v, which gathers steps, it is the same but for the
size of a step: γ·(1 − β) here is γ there.
"""

from deltarule.language import *

gamma = rate("gamma", 0.1)
beta = scalar("beta", 0.9, within="[0, 1)")
theta = parameter("theta", ...)
g = gradient("g", ...)
v = memory("v", ...)

new(v)[...] = beta * v[...] + (1 - beta) * g[...]
new(theta)[...] = theta[...] - gamma * new(v)[...]
