"""RMSProp: every entry's step is divided by the size that its gradients have had lately.

v is a running mean of the squared gradient, 0 at first; ε keeps the division from failing.
"""

from deltarule.language import *

gamma = rate("gamma", 0.001)
rho = scalar("rho", 0.9, within="[0, 1)")
epsilon = scalar("epsilon", "1e-8", within="[0, oo)")
theta = parameter("theta", ...)
g = gradient("g", ...)
v = memory("v", ...)

new(v)[...] = rho * v[...] + (1 - rho) * square(g[...])
new(theta)[...] = theta[...] - gamma * g[...] / (sqrt(new(v)[...]) + epsilon)
