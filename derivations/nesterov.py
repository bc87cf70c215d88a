"""Nesterov's accelerated gradient: momentum that looks ahead to where the velocity leads.

The parameter kept here is the one looked ahead to, θ + μ·v, so that g is its gradient as it
stands: v after = μ·v − γ·g, and the parameter moves by v after plus another μ·(v after − v).
"""

from deltarule.language import *

aliases("nag", "nesterov_momentum")

gamma = rate("gamma", 0.1)
mu = scalar("mu", 0.9, within="[0, 1)")
theta = parameter("theta", ...)
g = gradient("g", ...)
v = memory("v", ...)

new(v)[...] = mu * v[...] - gamma * g[...]
new(theta)[...] = theta[...] + new(v)[...] + mu * (new(v)[...] - v[...])
