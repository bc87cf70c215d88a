"""Recursive network (Socher et al. 2011): a phrase is put together from its two parts.

h_t = tanh(W x_t + U h_left + V h_right + b): node t of the tree has the parts left[t] and right[t],
which stand before it, or −1 for a part that is not there, as a word has none.
"""

from deltarule.language import *

aliases("recursive_net", "rvnn")

T, D, H = sizes("T D H")
t, d, k, l, m = indices("t d k l m")

x = input("x", T, D)
left, right = input("left", T, earlier=0), input("right", T, earlier=0)
W, b = parameter("W", D, H), parameter("b", H)
U, V = parameter("U", H, H), parameter("V", H, H)
s, h = intermediate("s", T, H), state("h", T, H, before=0)
y = output("y", T, H)

parts = Sum[k](h[left[t], k] * U[k, m]) + Sum[l](h[right[t], l] * V[l, m])
s[t, m] = Sum[d](x[t, d] * W[d, m]) + parts + b[m]
h[t, m] = tanh(s[t, m])
y[t, m] = h[t, m]
