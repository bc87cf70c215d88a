"""Transposed convolution of a volume: every input is stamped S apart with the kernel.

It turns a volume of T × H × W into one of S·(T − 1) + Q layers, less P at either end, and rows and
columns likewise: the way back of a convolution with stride S.
"""

from deltarule.language import *

layout("layout", "channels_first", channels_last=(1, -1))
layout("filters", "outputs_first", of="parameter", outputs_last=((0, -1), (0, -2)))

N, C, F, T, H, W, Q, K, L = sizes("N C F T H W Q K L")
G = number_or_name("groups", 1, "groups of channels, C and F in each")
ahead, down, across = windows(
    (T, Q), (H, K), (W, L), stride=("S", 2), pad=("P", 0), stamps=True
)
more = behind_stamps("layers, rows and columns behind", ahead, down, across)
B, I, J = (
    size(name, axis.spread + m) for name, axis, m in zip("BIJ", (ahead, down, across), more)
)
n, c, f, a, i, j, r, p, q = indices("n c f a i j r p q")
channel, filter = c, f
if G != 1:
    c, f, g = index("c", C), index("f", F), index("g", G)
    channel, filter = C*g + c, F*g + f

x = input("x", N, G*C, T, H, W)
w, b = parameter("w", G*C, F, Q, K, L, outside=0), parameter("b", G*F)
y = output("y", N, G*F, B, I, J)

t, k, l = ahead.tap(a, r), down.tap(i, p), across.tap(j, q)
stamps = x[n, channel, r, p, q] * w[channel, f, t.at, k.at, l.at]
whole = [*t.whole, *k.whole, *l.whole]
y[n, filter, a, i, j] = b[filter] + Sum[c, r, p, q](stamps, where=whole)
