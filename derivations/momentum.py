"""Momentum: steps gather speed, v after = μ·v − γ·g, and the parameter moves with v.

v is the velocity, 0 at first; μ says how much of it is left after a step.
"""

from deltarule.language import *

aliases("sgd_momentum", "heavy_ball")

gamma = rate("gamma", 0.1)
mu = scalar("mu", 0.9, within="[0, 1)")
theta = parameter("theta", ...)
g = gradient("g", ...)
v = memory("v", ...)

new(v)[...] = mu * v[...] - gamma * g[...]
new(theta)[...] = theta[...] + new(v)[...]
