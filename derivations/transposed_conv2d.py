"""Transposed convolution: every input is stamped S apart with the kernel, and stamps add up.

It turns an image of H × W into one of S·(H − 1) + K rows, less P at either end: the way back of a
convolution with stride S, used to make images larger.
"""

from deltarule.language import *

aliases("deconvolution", "conv_transpose")

layout("layout", "channels_first", channels_last=(1, -1))
layout("filters", "outputs_first", of="parameter", outputs_last=((0, -1), (0, -2)))

N, C, F, H, W, K, L = sizes("N C F H W K L")
G = number_or_name("groups", 1, "groups of channels, C and F in each")
down, across = windows((H, K), (W, L), stride=("S", 2), pad=("P", 0), stamps=True)
more, beside = behind_stamps("rows and columns behind", down, across)
I, J = size("I", down.spread + more), size("J", across.spread + beside)
n, c, f, i, j, p, q = indices("n c f i j p q")
channel, filter = c, f
if G != 1:
    c, f, g = index("c", C), index("f", F), index("g", G)
    channel, filter = C*g + c, F*g + f

x = input("x", N, G*C, H, W)
w, b = parameter("w", G*C, F, K, L, outside=0), parameter("b", G*F)
y = output("y", N, G*F, I, J)

k, l = down.tap(i, p), across.tap(j, q)
stamps = x[n, channel, p, q] * w[channel, f, k.at, l.at]
y[n, filter, i, j] = b[filter] + Sum[c, p, q](stamps, where=[*k.whole, *l.whole])
