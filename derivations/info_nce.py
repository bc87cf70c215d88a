"""InfoNCE (van den Oord et al. 2018): of all rows of z, row n is to be the one like x[n]."""

from deltarule.language import *

aliases("contrastive_loss", "nt_xent")

N, D = sizes("N D")
n, j, l, d = indices("n j l d")
tau = scalar("tau", 0.1, within="(0, oo)")

x, z = input("x", N, D), input("z", N, D)
s, p = intermediate("s", N, N), intermediate("p", N, N)

s[n, j] = Sum[d](x[n, d] * z[j, d]) / tau
p[n, j] = exp(s[n, j]) / Sum[l](exp(s[n, l]))
L = loss("L", -Mean[n](log(p[n, n])))
