"""Max pooling of a volume: the largest entry of every window of K × L × M, in steps of S.

P layers, rows and columns around the volume are −∞ and never the largest. With `indices`, the place
of the first of the largest is put out as (H·layer + row)·W + column (PyTorch's return_indices).
"""

from deltarule.language import *

ties = option("ties", "first", "of several largest entries, which pass the gradient", choices=TIES)
places_too = option("indices", False, "where the largest entries stand is put out, too")
layout("layout", "channels_first", channels_last=(1, -1))

N, C, D, H, W = sizes("N C D H W")
K, L, M = attribute("K", depth=2), attribute("L", height=2), attribute("M", width=2)
ahead, down, across = windows(
    (D, K), (H, L), (W, M), stride=("S", 2), pad=("P", 0), ceil=True, meets=True
)
A, I, J = size("A", ahead.count), size("I", down.count), size("J", across.count)
n, c, a, i, j = indices("n c a i j")
k, l, m = index("k", K), index("l", L), index("m", M)

x = input("x", N, C, D, H, W, outside=-oo)
y = output("y", N, C, A, I, J)

window = x[n, c, ahead.at(a, k), down.at(i, l), across.at(j, m)]
y[n, c, a, i, j] = Max[k, l, m](window, ties=ties)

if places_too:
    at = output("at", N, C, A, I, J, below=D * H * W)
    q, r, s = ArgMax[k, l, m](window)
    at[n, c, a, i, j] = (ahead.at(a, q) * H + down.at(i, r)) * W + across.at(j, s)
