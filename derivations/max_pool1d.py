"""Max pooling of a sequence: the largest of every K places, in steps of S."""

from deltarule.language import *

ties = option("ties", "first", "of several largest entries, which pass the gradient", choices=TIES)

N, C, T = sizes("N C T")
K, S, P = attribute("K", width=2), attribute("S", stride=2), attribute("P", pad=0)
I = size("I", fits(T + 2*P - K, S) + 1)
n, c, i = indices("n c i")
k = index("k", K)

x = input("x", N, C, T, outside=-oo)
y = output("y", N, C, I)

y[n, c, i] = Max[k](x[n, c, S*i + k - P], ties=ties)
