"""Convolution layer as courses define it: cross-correlation with stride S, dilation D and zero padding P."""
from deltarule.notation.language import *

aliases("conv", "convolution")
N, C, F, H, W, K, L = sizes("N C F H W K L")
S, D, P = attribute("S", stride=1), attribute("D", dilation=1), attribute("P", pad=0)
I = size("I", fits(H + 2*P - D*(K - 1) - 1, S) + 1)
J = size("J", fits(W + 2*P - D*(L - 1) - 1, S) + 1)
n, c, f, i, j, k, l = indices("n c f i j k l")
x = input("x", N, C, H, W, outside=0)
w, b = parameter("w", F, C, K, L), parameter("b", F)
y = output("y", N, F, I, J)

y[n, f, i, j] = b[f] + Sum[c, k, l](x[n, c, S*i + D*k - P, S*j + D*l - P] * w[f, c, k, l])
