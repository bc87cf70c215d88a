"""Max unpooling of a volume: every entry goes back to where max pooling took it, the rest is 0.

`at` holds the places as (H·layer + row)·W + column, as max_pool3d puts them out with `indices`. A
volume of A × I × J becomes one of S·(A − 1) + K layers, less P at either end, and `output_padding`
more; rows and columns likewise. What two windows took from one place is added up.
"""

from deltarule.language import *

layout("layout", "channels_first", channels_last=(1, -1))

N, C, A, I, J = sizes("N C A I J")
K, L, M = attribute("K", depth=2), attribute("L", height=2), attribute("M", width=2)
ahead, down, across = windows(
    (A, K), (I, L), (J, M), stride=("S", 2), pad=("P", 0), stamps=True
)
more = behind_stamps("layers, rows and columns behind", ahead, down, across)
D, H, W = (
    size(name, axis.spread + m) for name, axis, m in zip("DHW", (ahead, down, across), more)
)
n, c, a, i, j, t, p, q = indices("n c a i j t p q")

x, at = input("x", N, C, A, I, J), input("at", N, C, A, I, J, below=D * H * W)
y = output("y", N, C, D, H, W)

place = equal(at[n, c, a, i, j], (t * H + p) * W + q)
y[n, c, t, p, q] = Sum[a, i, j](x[n, c, a, i, j], where=place)
