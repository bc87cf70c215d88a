"""Convolution over a sequence: a window of K taps, D apart, moves by S over T places.

What lies outside the sequence counts as zero, P places at either end.
"""

from deltarule.language import *

bias = option("bias", True, "add a bias to every output channel")

N, C, F, T, K = sizes("N C F T K")
S, D, P = attribute("S", stride=1), attribute("D", dilation=1), attribute("P", pad=0)
I = size("I", fits(T + 2*P - D*(K - 1) - 1, S) + 1)
n, c, f, i, k = indices("n c f i k")

x = input("x", N, C, T, outside=0)
w = parameter("w", F, C, K)
b = parameter("b", F) if bias else None
y = output("y", N, F, I)

window = Sum[c, k](x[n, c, S*i + D*k - P] * w[f, c, k])
y[n, f, i] = b[f] + window if bias else window
