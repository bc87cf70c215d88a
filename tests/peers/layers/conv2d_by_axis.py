"""Convolution with a stride, a dilation and a padding of its own along each axis."""

from deltarule.language import *

N, C, F, H, W, K, L = sizes("N C F H W K L")
S, R = attribute("S", down=1), attribute("R", across=1)
D, B = attribute("D", apart_down=1), attribute("B", apart_across=1)
P, Q = attribute("P", above=0), attribute("Q", beside=0)
I = size("I", fits(H + 2*P - D*(K - 1) - 1, S) + 1)
J = size("J", fits(W + 2*Q - B*(L - 1) - 1, R) + 1)
n, c, f, i, j, k, l = indices("n c f i j k l")

x = input("x", N, C, H, W, outside=0)
w, b = parameter("w", F, C, K, L), parameter("b", F)
y = output("y", N, F, I, J)

y[n, f, i, j] = b[f] + Sum[c, k, l](x[n, c, S*i + D*k - P, R*j + B*l - Q] * w[f, c, k, l])
