"""Average pooling: the mean of every window of K × L, in steps of S, with padding P.

At the border either the zeros of the padding count as entries (`border` whole), or the sum is
divided by the number of entries that lie inside the image (`border` inside; every window must
then meet the image).
"""

from deltarule.language import *

aliases("average_pool", "avgpool", "mean_pool")

border = option("border", "whole", "what a window is divided by", choices=("whole", "inside"))
divisor = option("divisor", 0, "what is divided by instead; 0 for what border says", at_least=0)
layout("layout", "channels_first", channels_last=(1, -1))

N, C, H, W = sizes("N C H W")
K, L = attribute("K", height=2), attribute("L", width=2)
down, across = windows(
    (H, K), (W, L), stride=("S", 2), pad=("P", 0), ceil=True, meets=border == "inside"
)
I, J = size("I", down.count), size("J", across.count)
n, c, i, j = indices("n c i j")
k, l = index("k", K), index("l", L)

x = input("x", N, C, H, W, outside=0)
y = output("y", N, C, I, J)

rows, columns = down.at(i, k), across.at(j, l)
if divisor:
    y[n, c, i, j] = Sum[k, l](x[n, c, rows, columns]) / divisor
elif border == "whole" and not down.ceil:
    y[n, c, i, j] = Mean[k, l](x[n, c, rows, columns])
else:
    inside = [rows >= 0, rows < H, columns >= 0, columns < W]
    if border == "whole":  # what stands out behind the padding does not count
        inside = [rows < H + down.behind, columns < W + across.behind]
    m = intermediate("m", I, J)
    m[i, j] = Sum[k, l](1, where=inside)
    y[n, c, i, j] = Sum[k, l](x[n, c, rows, columns]) / m[i, j]
