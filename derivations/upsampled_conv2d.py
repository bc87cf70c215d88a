"""Convolution of an image with U − 1 zeros between its rows and columns (fractional stride).

The kernel is not turned round and there is no padding: an image of H × W is first spread to
U·(H − 1) + 1 rows, and then the windows of K × L move over it one by one.
"""

from deltarule.language import *

layout("layout", "channels_first", channels_last=(1, -1))
layout("filters", "outputs_first", of="parameter", outputs_last=((0, -1), (0, -2)))

N, C, F, H, W, K, L = sizes("N C F H W K L")
U = attribute("U", factor=2)
I = size("I", U*(H - 1) - K + 2)
J = size("J", U*(W - 1) - L + 2)
n, c, f, i, j, p, q = indices("n c f i j p q")

x = input("x", N, C, H, W)
w, b = parameter("w", F, C, K, L, outside=0), parameter("b", F)
y = output("y", N, F, I, J)

y[n, f, i, j] = b[f] + Sum[c, p, q](x[n, c, p, q] * w[f, c, U*p - i, U*q - j])
