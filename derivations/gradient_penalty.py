"""The gradient penalty of a Wasserstein critic (Gulrajani et al. 2017), for a critic of two layers.

‖∂D/∂x̂‖ is held at 1, at points x̂ between real and generated examples; ε is drawn.
"""

from deltarule.language import *

aliases("wgan_gp")

phi = activation("activation", "leaky_relu", "of the critic's hidden layer")

N, D, H = sizes("N D H")
n, d, h = indices("n d h")

real, fake = target("real", N, D), target("fake", N, D)
epsilon = target("epsilon", N, within="[0, 1]")
W, b, a = parameter("W", D, H), parameter("b", H), parameter("a", H)
xhat, s, critic = intermediate("xhat", N, D), intermediate("s", N, H), intermediate("D", N)

xhat[n, d] = epsilon[n] * real[n, d] + (1 - epsilon[n]) * fake[n, d]
s[n, h] = Sum[d](W[d, h] * xhat[n, d]) + b[h]
critic[n] = Sum[h](a[h] * phi(s[n, h]))
g = gradient(critic, xhat, name="g")

P = loss("P", Mean[n]((sqrt(Sum[d](g[n, d] ** 2)) - 1) ** 2))
