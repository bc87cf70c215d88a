"""Convolution over a sequence: a window of K taps, D apart, moves by S over T places.

What lies outside the sequence counts as zero, P places at either end.
"""

from deltarule.language import *

bias = option("bias", True, "add a bias to every output channel")
layout("layout", "channels_first", channels_last=(1, -1))
layout("filters", "outputs_first", of="parameter", outputs_last=((0, -1), (0, -2)))

N, C, F, T, K = sizes("N C F T K")
G = number_or_name("groups", 1, "groups of channels, C and F in each")
(places,) = windows((T, K), stride=("S", 1), dilation=("D", 1), pad=("P", 0))
I = size("I", places.count)
n, c, f, i, k = indices("n c f i k")
channel, filter = c, f
if G != 1:
    f, g = index("f", F), index("g", G)
    channel, filter = C*g + c, F*g + f

x = input("x", N, G*C, T, outside=0)
w = parameter("w", G*F, C, K)
b = parameter("b", G*F) if bias else None
y = output("y", N, G*F, I)

window = Sum[c, k](x[n, channel, places.at(i, k)] * w[filter, c, k])
y[n, filter, i] = b[filter] + window if bias else window
