"""Memory network, one hop: the question u reads the memories, p = softmax(u·m_i), o = Σ_i p_i c_i.

The sentences x_i are embedded twice, as keys m_i = A x_i and as values c_i = C x_i, and the
question q once, u = B q; the answer is the softmax of W (o + u) (Sukhbaatar et al. 2015).
"""

from deltarule.language import *

aliases("memory_network_read")

I, V, D, M = sizes("I V D M")
i, j, v, d, c, l = indices("i j v d c l")

x, q = input("x", I, V), input("q", V)
A, B, C = parameter("A", V, D), parameter("B", V, D), parameter("C", V, D)
W = parameter("W", D, M)
y = target("y", M, sums_to_one=0)
m, value, u = intermediate("m", I, D), intermediate("c", I, D), intermediate("u", D)
e, p, o = intermediate("e", I), intermediate("p", I), intermediate("o", D)
z, yhat = intermediate("z", M), intermediate("yhat", M)

m[i, d] = Sum[v](x[i, v] * A[v, d])
value[i, d] = Sum[v](x[i, v] * C[v, d])
u[d] = Sum[v](q[v] * B[v, d])
e[i] = Sum[d](u[d] * m[i, d])
p[i] = exp(e[i]) / Sum[j](exp(e[j]))
o[d] = Sum[i](p[i] * value[i, d])
z[c] = Sum[d]((o[d] + u[d]) * W[d, c])
yhat[c] = exp(z[c]) / Sum[l](exp(z[l]))

E = loss("E", -Sum[c](y[c] * log(yhat[c])))
