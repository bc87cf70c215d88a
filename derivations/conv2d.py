"""Convolution layer as courses define it: cross-correlation with stride S, dilation D, padding P.

Every output is a weighted sum over a window of K × L, taken in all channels c. The window moves
by S; its taps are D apart; P rows and columns of zeros surround the image. The kernel is not
turned round (`true_convolution` does that).
"""

from deltarule.language import *

aliases("conv", "convolution", "cross_correlation")

bias = option("bias", True, "add a bias to every output channel")

N, C, F, H, W, K, L = sizes("N C F H W K L")
S, D, P = attribute("S", stride=1), attribute("D", dilation=1), attribute("P", pad=0)
I = size("I", fits(H + 2*P - D*(K - 1) - 1, S) + 1)
J = size("J", fits(W + 2*P - D*(L - 1) - 1, S) + 1)
n, c, f, i, j, k, l = indices("n c f i j k l")

x = input("x", N, C, H, W, outside=0)
w = parameter("w", F, C, K, L)
b = parameter("b", F) if bias else None
y = output("y", N, F, I, J)

window = Sum[c, k, l](x[n, c, S*i + D*k - P, S*j + D*l - P] * w[f, c, k, l])
y[n, f, i, j] = b[f] + window if bias else window
