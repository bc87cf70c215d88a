"""Average pooling of a sequence: the mean of every K places, in steps of S, with padding P.

At the ends either the zeros of the padding count as entries (`border` whole), or the sum is
divided by the number of entries that lie inside the sequence (`border` inside; every window must
then meet it).
"""

from deltarule.language import *

aliases("average_pool1d", "mean_pool1d")

border = option("border", "whole", "what a window is divided by", choices=("whole", "inside"))
divisor = option("divisor", 0, "what is divided by instead; 0 for what border says", at_least=0)
layout("layout", "channels_first", channels_last=(1, -1))

N, C, T = sizes("N C T")
K = attribute("K", width=2)
(places,) = windows((T, K), stride=("S", 2), pad=("P", 0), ceil=True, meets=border == "inside")
I = size("I", places.count)
n, c, i = indices("n c i")
k = index("k", K)

x = input("x", N, C, T, outside=0)
y = output("y", N, C, I)

at = places.at(i, k)
if divisor:
    y[n, c, i] = Sum[k](x[n, c, at]) / divisor
elif border == "whole" and not places.ceil:
    y[n, c, i] = Mean[k](x[n, c, at])
else:
    inside = [at >= 0, at < T]
    if border == "whole":  # what stands out behind the padding does not count
        inside = [at < T + places.behind]
    m = intermediate("m", I)
    m[i] = Sum[k](1, where=inside)
    y[n, c, i] = Sum[k](x[n, c, at]) / m[i]
