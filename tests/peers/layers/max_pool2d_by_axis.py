"""Max pooling with a stride, a dilation and a padding of its own along each axis."""

from deltarule.language import *

N, C, H, W = sizes("N C H W")
K, L = attribute("K", height=2), attribute("L", width=2)
S, R = attribute("S", down=1), attribute("R", across=1)
D, B = attribute("D", apart_down=1), attribute("B", apart_across=1)
P, Q = attribute("P", above=0), attribute("Q", beside=0)
I = size("I", fits(H + 2*P - D*(K - 1) - 1, S) + 1)
J = size("J", fits(W + 2*Q - B*(L - 1) - 1, R) + 1)
n, c, i, j = indices("n c i j")
k, l = index("k", K), index("l", L)

x = input("x", N, C, H, W, outside=-oo)
y = output("y", N, C, I, J)

y[n, c, i, j] = Max[k, l](x[n, c, S*i + D*k - P, R*j + B*l - Q], ties="first")
