"""Max pooling of a sequence: the largest of every K places, in steps of S."""

from deltarule.language import *

ties = option("ties", "first", "of several largest entries, which pass the gradient", choices=TIES)
places_too = option("indices", False, "where the largest entries stand is put out, too")
layout("layout", "channels_first", channels_last=(1, -1))

N, C, T = sizes("N C T")
K = attribute("K", width=2)
(places,) = windows((T, K), stride=("S", 2), pad=("P", 0), ceil=True, meets=True)
I = size("I", places.count)
n, c, i = indices("n c i")
k = index("k", K)

x = input("x", N, C, T, outside=-oo)
y = output("y", N, C, I)

y[n, c, i] = Max[k](x[n, c, places.at(i, k)], ties=ties)

if places_too:
    at = output("at", N, C, I, below=T)
    at[n, c, i] = places.at(i, ArgMax[k](x[n, c, places.at(i, k)]))
