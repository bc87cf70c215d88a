"""Linear attention (Katharopoulos et al. 2020): φ(q)·φ(k) weighs the values, φ = elu + 1.

The sums over the keys before are states, so that a step costs the same at any time.
"""

from deltarule.language import *

T, D, M = sizes("T D M")
t, d, m = indices("t d m")

q, k, v = input("q", T, D), input("k", T, D), input("v", T, M)
f, g = intermediate("f", T, D), intermediate("g", T, D)
S, z = state("S", T, D, M, before=0), state("z", T, D, before=0)
y = output("y", T, M)

f[t, d] = where(q[t, d] > 0, q[t, d] + 1, exp(q[t, d]))
g[t, d] = where(k[t, d] > 0, k[t, d] + 1, exp(k[t, d]))
S[t, d, m] = S[t - 1, d, m] + g[t, d] * v[t, m]
z[t, d] = z[t - 1, d] + g[t, d]
y[t, m] = Sum[d](f[t, d] * S[t, d, m]) / Sum[d](f[t, d] * z[t, d])
