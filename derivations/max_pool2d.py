"""Max pooling: the largest entry of every window of K × L, in steps of S, with padding P.

What lies outside the image is −∞ and is never the largest. Where several entries of a window
are the largest, `ties` says to which of them the gradient goes. With `indices`, the place of the
first of them is put out as W·row + column (PyTorch's return_indices).
"""

from deltarule.language import *

aliases("max_pool", "maxpool")

ties = option("ties", "first", "of several largest entries, which pass the gradient", choices=TIES)
places_too = option("indices", False, "where the largest entries stand is put out, too")
layout("layout", "channels_first", channels_last=(1, -1))

N, C, H, W = sizes("N C H W")
K, L = attribute("K", height=2), attribute("L", width=2)
down, across = windows((H, K), (W, L), stride=("S", 2), pad=("P", 0), ceil=True, meets=True)
I, J = size("I", down.count), size("J", across.count)
n, c, i, j = indices("n c i j")
k, l = index("k", K), index("l", L)

x = input("x", N, C, H, W, outside=-oo)
y = output("y", N, C, I, J)

y[n, c, i, j] = Max[k, l](x[n, c, down.at(i, k), across.at(j, l)], ties=ties)

if places_too:
    at = output("at", N, C, I, J, below=H * W)
    r, s = ArgMax[k, l](x[n, c, down.at(i, k), across.at(j, l)])
    at[n, c, i, j] = down.at(i, r) * W + across.at(j, s)
