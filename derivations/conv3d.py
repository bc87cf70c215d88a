"""Convolution over a volume (video, scans): windows of Q × K × L move by S in three directions."""

from deltarule.language import *

bias = option("bias", True, "add a bias to every output channel")
layout("layout", "channels_first", channels_last=(1, -1))
layout("filters", "outputs_first", of="parameter", outputs_last=((0, -1), (0, -2)))

N, C, F, T, H, W, Q, K, L = sizes("N C F T H W Q K L")
B = number_or_name("groups", 1, "groups of channels, C and F in each")
times, rows, columns = windows(
    (T, Q), (H, K), (W, L), stride=("S", 1), dilation=("D", 1), pad=("P", 0)
)
G, I, J = size("G", times.count), size("I", rows.count), size("J", columns.count)
n, c, f, g, i, j, q, k, l = indices("n c f g i j q k l")
channel, filter = c, f
if B != 1:
    f, a = index("f", F), index("a", B)
    channel, filter = C*a + c, F*a + f

x = input("x", N, B*C, T, H, W, outside=0)
w = parameter("w", B*F, C, Q, K, L)
b = parameter("b", B*F) if bias else None
y = output("y", N, B*F, G, I, J)

window = Sum[c, q, k, l](
    x[n, channel, times.at(g, q), rows.at(i, k), columns.at(j, l)] * w[filter, c, q, k, l]
)
y[n, filter, g, i, j] = b[filter] + window if bias else window
