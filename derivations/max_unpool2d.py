"""Max unpooling: every entry goes back to the place that max pooling took it from, the rest is 0.

`at` holds the places as W·row + column, as max_pool2d puts them out with `indices` (Zeiler and
Fergus 2014; SegNet). An image of I × J becomes one of S·(I − 1) + K rows, less P at either end, and
`output_padding` more. What two windows took from one place is added up.
"""

from deltarule.language import *

aliases("max_unpool", "unpooling")

layout("layout", "channels_first", channels_last=(1, -1))

N, C, I, J = sizes("N C I J")
K, L = attribute("K", height=2), attribute("L", width=2)
down, across = windows((I, K), (J, L), stride=("S", 2), pad=("P", 0), stamps=True)
more, beside = behind_stamps("rows and columns behind", down, across)
H, W = size("H", down.spread + more), size("W", across.spread + beside)
n, c, i, j, p, q = indices("n c i j p q")

x, at = input("x", N, C, I, J), input("at", N, C, I, J, below=H * W)
y = output("y", N, C, H, W)

y[n, c, p, q] = Sum[i, j](x[n, c, i, j], where=equal(at[n, c, i, j], W * p + q))
