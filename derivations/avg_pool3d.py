"""Average pooling of a volume: the mean of every window of K × L × M, in steps of S, padding P.

At the border either the zeros of the padding count as entries (`border` whole), or the sum is
divided by the number of entries that lie inside the volume (`border` inside; every window must
then meet it).
"""

from deltarule.language import *

aliases("average_pool3d", "mean_pool3d")

border = option("border", "whole", "what a window is divided by", choices=("whole", "inside"))
divisor = option("divisor", 0, "what is divided by instead; 0 for what border says", at_least=0)
layout("layout", "channels_first", channels_last=(1, -1))

N, C, D, H, W = sizes("N C D H W")
K, L, M = attribute("K", depth=2), attribute("L", height=2), attribute("M", width=2)
ahead, down, across = windows(
    (D, K), (H, L), (W, M), stride=("S", 2), pad=("P", 0), ceil=True, meets=border == "inside"
)
A, I, J = size("A", ahead.count), size("I", down.count), size("J", across.count)
n, c, a, i, j = indices("n c a i j")
k, l, m = index("k", K), index("l", L), index("m", M)

x = input("x", N, C, D, H, W, outside=0)
y = output("y", N, C, A, I, J)

slices, rows, columns = ahead.at(a, k), down.at(i, l), across.at(j, m)
if divisor:
    y[n, c, a, i, j] = Sum[k, l, m](x[n, c, slices, rows, columns]) / divisor
elif border == "whole" and not down.ceil:
    y[n, c, a, i, j] = Mean[k, l, m](x[n, c, slices, rows, columns])
else:
    inside = [slices >= 0, slices < D, rows >= 0, rows < H, columns >= 0, columns < W]
    if border == "whole":  # what stands out behind the padding does not count
        inside = [slices < D + ahead.behind, rows < H + down.behind, columns < W + across.behind]
    e = intermediate("e", A, I, J)
    e[a, i, j] = Sum[k, l, m](1, where=inside)
    y[n, c, a, i, j] = Sum[k, l, m](x[n, c, slices, rows, columns]) / e[a, i, j]
