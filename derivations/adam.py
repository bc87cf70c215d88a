"""Adam: running means of the gradient and of its square, freed from their start at 0.

After t steps the means m and v hold the parts 1 − β₁ᵗ and 1 − β₂ᵗ of what they would hold in
the long run, and are divided by them. The powers β₁ᵗ and β₂ᵗ are kept as p₁ and p₂, 1 at first.
"""

from deltarule.language import *

gamma = rate("gamma", 0.001)
beta1 = scalar("beta1", 0.9, within="[0, 1)")
beta2 = scalar("beta2", 0.999, within="[0, 1)")
epsilon = scalar("epsilon", "1e-8", within="[0, oo)")
theta = parameter("theta", ...)
g = gradient("g", ...)
m, v = memory("m", ...), memory("v", ...)
p1, p2 = memory("p1", start=1), memory("p2", start=1)

new(p1)[()] = beta1 * p1
new(p2)[()] = beta2 * p2
new(m)[...] = beta1 * m[...] + (1 - beta1) * g[...]
new(v)[...] = beta2 * v[...] + (1 - beta2) * square(g[...])

mhat, vhat = new(m)[...] / (1 - new(p1)), new(v)[...] / (1 - new(p2))
new(theta)[...] = theta[...] - gamma * mhat / (sqrt(vhat) + epsilon)
