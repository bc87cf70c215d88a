"""Two-dimensional RNN (Graves et al. 2007): every pixel sees the states above and to the left."""

from deltarule.language import *

aliases("multidimensional_rnn", "mdrnn")

I, J, D, H = sizes("I J D H")
i, j, d, k, m = indices("i j d k m")

x = input("x", I, J, D)
W, U, V, b = parameter("W", D, H), parameter("U", H, H), parameter("V", H, H), parameter("b", H)
h = state("h", I, J, H, outside=0)
s = intermediate("s", I, J, H)
y = output("y", I, J, H)

s[i, j, m] = (
    Sum[d](x[i, j, d] * W[d, m])
    + Sum[k](h[i - 1, j, k] * U[k, m])
    + Sum[k](h[i, j - 1, k] * V[k, m])
    + b[m]
)
h[i, j, m] = tanh(s[i, j, m])
y[i, j, m] = h[i, j, m]
