"""L2 penalty (weight decay): E = λ/2 · Σ w², added to an error to keep weights small."""

from deltarule.language import *

aliases("weight_decay", "ridge")

D, M = sizes("D M")
d, m = indices("d m")
decay = scalar("lambda", "0.01", within="[0, oo)")

W = parameter("W", D, M)
E = loss("E", decay / 2 * Sum[d, m](square(W[d, m])))
