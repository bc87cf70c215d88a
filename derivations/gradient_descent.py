"""Gradient descent: every parameter takes a step of γ times its gradient, downhill."""

from deltarule.language import *

aliases("sgd")

gamma = rate("gamma", 0.1)
theta = parameter("theta", ...)
g = gradient("g", ...)

new(theta)[...] = theta[...] - gamma * g[...]
