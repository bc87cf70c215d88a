"""Connectionist temporal classification (Graves et al. 2006): −log Σ over all alignments.

l holds the labels with blanks between them; a[t, s] is the probability of all ways to the first
s + 1 of them by time t. A label may be skipped to if it differs from the one two before.
"""

from deltarule.language import *

T, M, C = sizes("T M C")
t, s = indices("t s")

y = input("y", T, C, within="(0, 1)")
l = input("l", M, below=C)
a = state("a", T, M, before=0, outside=0)

two_before = where(s >= 2 and l[s] != l[s - 2], a[t - 1, s - 2], 0)
ways = a[t - 1, s] + a[t - 1, s - 1] + two_before
a[t, s] = y[t, l[s]] * where(t >= 1, ways, where(s <= 1, 1, 0))
E = loss("E", -log(a[T - 1, M - 1] + a[T - 1, M - 2]))
