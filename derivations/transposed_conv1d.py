"""Transposed convolution of a sequence: every input is stamped S apart with the kernel.

It turns a sequence of T into one of S·(T − 1) + K places, less P at either end: the way back of a
convolution with stride S, used to make sequences longer.
"""

from deltarule.language import *

layout("layout", "channels_first", channels_last=(1, -1))
layout("filters", "outputs_first", of="parameter", outputs_last=((0, -1), (0, -2)))

N, C, F, T, K = sizes("N C F T K")
G = number_or_name("groups", 1, "groups of channels, C and F in each")
(places,) = windows((T, K), stride=("S", 2), pad=("P", 0), stamps=True)
(more,) = behind_stamps("places behind", places)
I = size("I", places.spread + more)
n, c, f, i, p = indices("n c f i p")
channel, filter = c, f
if G != 1:
    c, f, g = index("c", C), index("f", F), index("g", G)
    channel, filter = C*g + c, F*g + f

x = input("x", N, G*C, T)
w, b = parameter("w", G*C, F, K, outside=0), parameter("b", G*F)
y = output("y", N, G*F, I)

k = places.tap(i, p)
stamps = x[n, channel, p] * w[channel, f, k.at]
y[n, filter, i] = b[filter] + Sum[c, p](stamps, where=k.whole)
