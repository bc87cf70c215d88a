"""Convolution layer as courses define it: cross-correlation with stride S, dilation D, padding P.

Every output is a weighted sum over a window of K × L, taken in all channels c. The window moves
by S; its taps are D apart; P rows and columns of zeros surround the image. The kernel is not
turned round (`true_convolution` does that).
"""

from deltarule.language import *

aliases("conv", "convolution", "cross_correlation")

bias = option("bias", True, "add a bias to every output channel")
layout("layout", "channels_first", channels_last=(1, -1))
layout("filters", "outputs_first", of="parameter", outputs_last=((0, -1), (0, -2)))

N, C, F, H, W, K, L = sizes("N C F H W K L")
G = number_or_name("groups", 1, "groups of channels, C and F in each")
rows, columns = windows((H, K), (W, L), stride=("S", 1), dilation=("D", 1), pad=("P", 0))
I, J = size("I", rows.count), size("J", columns.count)
n, c, f, i, j, k, l = indices("n c f i j k l")
channel, filter = c, f
if G != 1:
    f, g = index("f", F), index("g", G)
    channel, filter = C*g + c, F*g + f

x = input("x", N, G*C, H, W, outside=0)
w = parameter("w", G*F, C, K, L)
b = parameter("b", G*F) if bias else None
y = output("y", N, G*F, I, J)

window = Sum[c, k, l](x[n, channel, rows.at(i, k), columns.at(j, l)] * w[filter, c, k, l])
y[n, filter, i, j] = b[filter] + window if bias else window
