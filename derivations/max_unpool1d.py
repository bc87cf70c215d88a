"""Max unpooling of a sequence: every entry goes back to where max pooling took it, the rest is 0.

`at` holds the places, as max_pool1d puts them out with `indices`. I entries become S·(I − 1) + K,
less P at either end, and `output_padding` more. What two windows took from one place is added up.
"""

from deltarule.language import *

layout("layout", "channels_first", channels_last=(1, -1))

N, C, I = sizes("N C I")
K = attribute("K", width=2)
(places,) = windows((I, K), stride=("S", 2), pad=("P", 0), stamps=True)
(more,) = behind_stamps("places behind", places)
T = size("T", places.spread + more)
n, c, i, t = indices("n c i t")

x, at = input("x", N, C, I), input("at", N, C, I, below=T)
y = output("y", N, C, T)

y[n, c, t] = Sum[i](x[n, c, i], where=equal(at[n, c, i], t))
