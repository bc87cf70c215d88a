"""Linear attention (Katharopoulos et al. 2020): softmax's exp(q·k) becomes φ(q)·φ(k).

With φ(x) = elu(x) + 1 the sums over the keys, S and z, are made once for all queries; causal, they
are states that grow from time to time.
"""

from deltarule.language import *

causal = option("causal", False, "each query sees the keys up to its own time")

I, J, D, M = sizes("I J D M")
if causal:
    J = I
i, j, d, m = indices("i j d m")

Q, K, V = input("Q", I, D), input("K", J, D), input("V", J, M)
f, g = intermediate("f", I, D), intermediate("g", J, D)
s, y = intermediate("s", I), output("y", I, M)

f[i, d] = elu(Q[i, d]) + 1
g[j, d] = elu(K[j, d]) + 1
if causal:
    S, z = state("S", I, D, M, before=0), state("z", I, D, before=0)
    S[i, d, m] = S[i - 1, d, m] + g[i, d] * V[i, m]
    z[i, d] = z[i - 1, d] + g[i, d]
    s[i] = Sum[d](f[i, d] * z[i, d])
    y[i, m] = Sum[d](f[i, d] * S[i, d, m]) / s[i]
else:
    S, z = intermediate("S", D, M), intermediate("z", D)
    S[d, m] = Sum[j](g[j, d] * V[j, m])
    z[d] = Sum[j](g[j, d])
    s[i] = Sum[d](f[i, d] * z[d])
    y[i, m] = Sum[d](f[i, d] * S[d, m]) / s[i]
