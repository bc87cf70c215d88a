"""Convolution in groups: channels come in G groups, and each group is convolved by itself.

There are A input and B output channels a group; with A = 1 it is a depthwise convolution.
"""

from deltarule.language import *

aliases("group_convolution", "depthwise_convolution")

layout("layout", "channels_first", channels_last=(1, -1))
layout("filters", "outputs_first", of="parameter", outputs_last=((0, -1), (0, -2)))

N, G, A, B, H, W, K, L = sizes("N G A B H W K L")
rows, columns = windows((H, K), (W, L), stride=("S", 1), dilation=("D", 1), pad=("P", 0))
I, J = size("I", rows.count), size("J", columns.count)
n, i, j, k, l = indices("n i j k l")
g, a, f = index("g", G), index("a", A), index("f", B)

x = input("x", N, G*A, H, W, outside=0)
w, b = parameter("w", G*B, A, K, L), parameter("b", G*B)
y = output("y", N, G*B, I, J)

y[n, B*g + f, i, j] = b[B*g + f] + Sum[a, k, l](
    x[n, A*g + a, rows.at(i, k), columns.at(j, l)] * w[B*g + f, a, k, l]
)
