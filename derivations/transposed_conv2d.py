"""Transposed convolution: every input is stamped S apart with the kernel, and stamps add up.

It turns an image of H × W into one of S·(H − 1) + K rows, less P at either end: the way back of a
convolution with stride S, used to make images larger.
"""

from deltarule.language import *

aliases("deconvolution", "conv_transpose")

N, C, F, H, W, K, L = sizes("N C F H W K L")
S, P = attribute("S", stride=2), attribute("P", pad=0)
I = size("I", S*(H - 1) + K - 2*P)
J = size("J", S*(W - 1) + L - 2*P)
n, c, f, i, j, p, q = indices("n c f i j p q")

x = input("x", N, C, H, W)
w, b = parameter("w", C, F, K, L, outside=0), parameter("b", F)
y = output("y", N, F, I, J)

y[n, f, i, j] = b[f] + Sum[c, p, q](x[n, c, p, q] * w[c, f, i + P - S*p, j + P - S*q])
