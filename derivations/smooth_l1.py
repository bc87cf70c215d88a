"""Smooth L1 (box regression of Fast R-CNN): ½d²/β where |d| < β, else |d| − ½β, with d = ŷ − y."""

from deltarule.language import *

reduction = option(
    "reduction", "sum", "as in PyTorch: mean is over all outputs of all examples",
    ("sum", "mean", "none"),
)

N, M = sizes("N M")
n, m = indices("n m")
beta = scalar("beta", 1, within="(0, oo)")

yhat, y = input("yhat", N, M), target("y", N, M)
e = (output if reduction == "none" else intermediate)("E_o", N, M)

d = yhat[n, m] - y[n, m]
e[n, m] = where(absolute(d) < beta, square(d) / (2 * beta), absolute(d) - beta / 2)
if reduction != "none":
    E = loss("E", (Mean if reduction == "mean" else Sum)[n, m](e[n, m]))
