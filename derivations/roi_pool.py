"""Pooling of regions of interest: every region is cut into I × J bins, and each bin's largest kept.

Region r lies in image m[r], from row t[r] to row t[r] + h[r] and from column l[r] to column
l[r] + w[r]. Bin i begins at ⌊i·rows/I⌋ and ends before ⌈(i + 1)·rows/I⌉.
"""

from deltarule.language import *

aliases("roi_pooling")

ties = option("ties", "first", "of several largest entries, which pass the gradient", choices=TIES)
layout("layout", "channels_first", channels_last=(1, -1))

N, C, H, W, R, I, J = sizes("N C H W R I J")
c, r, i, j = indices("c r i j")
p, q = index("p", H), index("q", W)

x = input("x", N, C, H, W)
m = input("m", R, below=N)
t, h = input("t", R, below=H), input("h", R, below=H)
l, w = input("l", R, below=W), input("w", R, below=W)
y = output("y", R, C, I, J)

rows, columns = h[r] + 1, w[r] + 1
inside = [
    p >= t[r] + fits(i * rows, I), p < t[r] + fits((i + 1) * rows + I - 1, I),
    q >= l[r] + fits(j * columns, J), q < l[r] + fits((j + 1) * columns + J - 1, J),
]
y[r, c, i, j] = Max[p, q](x[m[r], c, p, q], where=inside, ties=ties)
