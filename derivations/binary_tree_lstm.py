"""Binary Tree-LSTM (Tai et al. 2015): a node has a left and a right child, with weights for each.

left[t] and right[t] are the children of node t, which stand before it, or −1 where there is none;
the states of a child that is not there are h₀ and c₀. Each child has a forget gate of its own.
"""

from deltarule.language import *

aliases("nary_tree_lstm")

T, D, H = sizes("T D H")
t, d, k, l, m = indices("t d k l m")

x = input("x", T, D)
left, right = input("left", T, earlier=0), input("right", T, earlier=0)
h = state("h", T, H, before=parameter("h0", H))
c = state("c", T, H, before=parameter("c0", H))


def gate(name, phi):
    """φ(W x + U h_left + V h_right + b), the weights being its own."""
    W, b = parameter(f"W_{name}", D, H), parameter(f"b_{name}", H)
    U, V = parameter(f"U_{name}", H, H), parameter(f"V_{name}", H, H)
    gate = intermediate(name, T, H)
    gate[t, m] = phi(
        Sum[d](x[t, d] * W[d, m])
        + Sum[k](h[left[t], k] * U[k, m]) + Sum[l](h[right[t], l] * V[l, m]) + b[m]
    )
    return gate[t, m]


i, o, u = gate("i", sigmoid), gate("o", sigmoid), gate("u", tanh)
f, g = gate("f", sigmoid), gate("g", sigmoid)
c[t, m] = i * u + f * c[left[t], m] + g * c[right[t], m]
h[t, m] = o * tanh(c[t, m])

y = output("y", T, H)
y[t, m] = h[t, m]
