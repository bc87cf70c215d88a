"""A Gaussian with reparameterisation, and its divergence from the standard one (VAE).

z = μ + exp(v/2) ε, and KL = −½ Σ (1 + v − μ² − exp(v)), with v = log σ².
"""

from deltarule.language import *

aliases("vae_latent", "reparameterisation")

N, D = sizes("N D")
n, d = indices("n d")

mu, v, eps = input("mu", N, D), input("v", N, D), target("epsilon", N, D)
z, K = output("z", N, D), output("K", N)

z[n, d] = mu[n, d] + exp(0.5 * v[n, d]) * eps[n, d]
K[n] = -0.5 * Sum[d](1 + v[n, d] - mu[n, d] ** 2 - exp(v[n, d]))
