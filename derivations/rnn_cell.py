"""One step of a recurrent network: h′ = tanh(W_ih x + b_ih + W_hh h + b_hh).

The state h comes from the step before. The two biases are added to each other, as in cuDNN.
"""

from deltarule.language import *

phi = activation("activation", "tanh", "of the new state")

N, D, H = sizes("N D H")
n, d, k, m = indices("n d k m")

x, h0 = input("x", N, D), input("h0", N, H)
W_ih, W_hh = parameter("W_ih", H, D), parameter("W_hh", H, H)
b_ih, b_hh = parameter("b_ih", H), parameter("b_hh", H)
s, h = intermediate("s", N, H), output("h", N, H)

seen = Sum[d](W_ih[m, d] * x[n, d]) + b_ih[m]
s[n, m] = seen + Sum[k](W_hh[m, k] * h0[n, k]) + b_hh[m]
h[n, m] = phi(s[n, m])
