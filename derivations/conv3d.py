"""Convolution over a volume (video, scans): windows of Q × K × L move by S in three directions."""

from deltarule.language import *

bias = option("bias", True, "add a bias to every output channel")

N, C, F, T, H, W, Q, K, L = sizes("N C F T H W Q K L")
S, D, P = attribute("S", stride=1), attribute("D", dilation=1), attribute("P", pad=0)
G = size("G", fits(T + 2*P - D*(Q - 1) - 1, S) + 1)
I = size("I", fits(H + 2*P - D*(K - 1) - 1, S) + 1)
J = size("J", fits(W + 2*P - D*(L - 1) - 1, S) + 1)
n, c, f, g, i, j, q, k, l = indices("n c f g i j q k l")

x = input("x", N, C, T, H, W, outside=0)
w = parameter("w", F, C, Q, K, L)
b = parameter("b", F) if bias else None
y = output("y", N, F, G, I, J)

window = Sum[c, q, k, l](
    x[n, c, S*g + D*q - P, S*i + D*k - P, S*j + D*l - P] * w[f, c, q, k, l]
)
y[n, f, g, i, j] = b[f] + window if bias else window
