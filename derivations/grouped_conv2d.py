"""Convolution in groups: channels come in G groups, and each group is convolved by itself.

There are A input and B output channels a group; with A = 1 it is a depthwise convolution.
"""

from deltarule.language import *

aliases("group_convolution", "depthwise_convolution")

N, G, A, B, H, W, K, L = sizes("N G A B H W K L")
S, D, P = attribute("S", stride=1), attribute("D", dilation=1), attribute("P", pad=0)
I = size("I", fits(H + 2*P - D*(K - 1) - 1, S) + 1)
J = size("J", fits(W + 2*P - D*(L - 1) - 1, S) + 1)
n, i, j, k, l = indices("n i j k l")
g, a, f = index("g", G), index("a", A), index("f", B)

x = input("x", N, G*A, H, W, outside=0)
w, b = parameter("w", G*B, A, K, L), parameter("b", G*B)
y = output("y", N, G*B, I, J)

y[n, B*g + f, i, j] = b[B*g + f] + Sum[a, k, l](
    x[n, A*g + a, S*i + D*k - P, S*j + D*l - P] * w[B*g + f, a, k, l]
)
