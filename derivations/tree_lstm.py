"""Child-sum Tree-LSTM (Tai et al. 2015): a node adds up the states of its children.

parent[j] is the node above j, which stands behind it; the root has none, −1. Every child k has a
forget gate f_k of its own, which looks at the child's state and at the input of the node above.
"""

from deltarule.language import *

aliases("child_sum_tree_lstm", "childsum_tree_lstm")

T, D, H = sizes("T D H")
j, k, d, l, m = indices("j k d l m")

x = input("x", T, D, outside=0)
parent = input("parent", T, later=0)

h, c = state("h", T, H), state("c", T, H)
htilde, q = intermediate("htilde", T, H), intermediate("q", T, H)


def gate(name, phi, at, below):
    """φ(W x + U h + b) of a node's input and of what comes from below, the weights its own."""
    W, U = parameter(f"W_{name}", D, H), parameter(f"U_{name}", H, H)
    b, gate = parameter(f"b_{name}", H), intermediate(name, T, H)
    gate[j, m] = phi(Sum[d](x[at, d] * W[d, m]) + Sum[l](below[j, l] * U[l, m]) + b[m])
    return gate


htilde[j, m] = Sum[k](h[k, m], where=equal(parent[k], j))
i, o = gate("i", sigmoid, j, htilde), gate("o", sigmoid, j, htilde)
u, f = gate("u", tanh, j, htilde), gate("f", sigmoid, parent[j], h)
q[j, m] = f[j, m] * c[j, m]
c[j, m] = i[j, m] * u[j, m] + Sum[k](q[k, m], where=equal(parent[k], j))
h[j, m] = o[j, m] * tanh(c[j, m])

y = output("y", T, H)
y[j, m] = h[j, m]
