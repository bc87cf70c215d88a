"""Routing between capsules by agreement (Sabour et al. 2017).

Each capsule i of the layer below predicts every capsule j above, and its couplings c, a softmax
over those above, grow where a prediction agrees with what came out. The squash s·|s|/(1 + |s|²)
keeps a vector's direction and makes its length less than 1.
"""

from deltarule.language import *

aliases("capsule", "routing_by_agreement")
rounds = option("rounds", 3, "rounds of routing", at_least=1)

N, I, J, D, M = sizes("N I J D M")
n, i, j, k, d, m = indices("n i j k d m")

u, W = input("u", N, I, D), parameter("W", I, J, D, M)
uhat = intermediate("uhat", N, I, J, M)
v = None

uhat[n, i, j, m] = Sum[d](u[n, i, d] * W[i, j, d, m])
for r in range(1, rounds + 1):
    b, c = intermediate(f"b{r}", N, I, J), intermediate(f"c{r}", N, I, J)
    s, length = intermediate(f"s{r}", N, J, M), intermediate(f"l{r}", N, J)
    agrees = b_before[n, i, j] + Sum[m](uhat[n, i, j, m] * v[n, j, m]) if v else 0
    b[n, i, j] = agrees
    c[n, i, j] = exp(b[n, i, j]) / Sum[k](exp(b[n, i, k]))
    s[n, j, m] = Sum[i](c[n, i, j] * uhat[n, i, j, m])
    length[n, j] = sqrt(Sum[m](square(s[n, j, m])))
    v = output("v", N, J, M) if r == rounds else intermediate(f"v{r}", N, J, M)
    v[n, j, m] = s[n, j, m] * length[n, j] / (1 + square(length[n, j]))
    b_before = b
