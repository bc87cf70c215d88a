"""End-to-end memory network of three hops (Sukhbaatar et al. 2015), adjacent weights shared."""

from deltarule.language import *

hops = option("hops", 3, "how often the memories are read", at_least=1)

I, V, D = sizes("I V D")
i, j, v, w, d = indices("i j v w d")

x, q = input("x", I, V), input("q", V)
A = [parameter(f"A{k}", V, D) for k in range(hops + 1)]
y = target("y", V, sums_to_one=0)
z, yhat = intermediate("z", V), intermediate("yhat", V)
u = intermediate("u0", D)
u[d] = Sum[v](q[v] * A[0][v, d])
for k in range(hops):
    m, c = intermediate(f"m{k}", I, D), intermediate(f"c{k}", I, D)
    e, p = intermediate(f"e{k}", I), intermediate(f"p{k}", I)
    after = intermediate(f"u{k + 1}", D)
    m[i, d] = Sum[v](x[i, v] * A[k][v, d])
    c[i, d] = Sum[v](x[i, v] * A[k + 1][v, d])
    e[i] = Sum[d](u[d] * m[i, d])
    p[i] = exp(e[i]) / Sum[j](exp(e[j]))
    after[d] = u[d] + Sum[i](p[i] * c[i, d])
    u = after
z[v] = Sum[d](u[d] * A[hops][v, d])
yhat[v] = exp(z[v]) / Sum[w](exp(z[w]))
E = loss("E", -Sum[v](y[v] * log(yhat[v])))
