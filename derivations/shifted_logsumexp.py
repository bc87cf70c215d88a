"""log Σ exp(z), with the largest z taken out first so that nothing overflows.

The shift m = max z changes the value not at all, so no gradient flows through it; which z was
the largest, and what is done about ties, does not matter.
"""

from deltarule.language import *

N, C = sizes("N C")
n, c = indices("n c")

z, m, y = input("z", N, C), intermediate("m", N), output("y", N)

m[n] = Max[c](z[n, c])
y[n] = m[n] + log(Sum[c](exp(z[n, c] - m[n])))
