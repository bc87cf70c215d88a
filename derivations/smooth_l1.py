"""Smooth L1 (box regression of Fast R-CNN): ½d² where |d| < 1, else |d| − ½, with d = ŷ − y."""

from deltarule.language import *

aliases("huber")

N, M = sizes("N M")
n, m = indices("n m")

yhat, y = input("yhat", N, M), target("y", N, M)
e = intermediate("E_o", N, M)

d = yhat[n, m] - y[n, m]
e[n, m] = where(absolute(d) < 1, square(d) / 2, (2*absolute(d) - 1) / 2)
E = loss("E", Sum[n, m](e[n, m]))
