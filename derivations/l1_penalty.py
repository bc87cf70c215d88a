"""L1 penalty (lasso): E = λ · Σ |w|, which drives small weights to zero. At 0 its slope is 0."""

from deltarule.language import *

aliases("lasso")

D, M = sizes("D M")
d, m = indices("d m")
decay = scalar("lambda", "0.01", within="[0, oo)")

W = parameter("W", D, M)
E = loss("E", decay * Sum[d, m](absolute(W[d, m])))
