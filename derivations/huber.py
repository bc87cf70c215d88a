"""Huber's loss: ½d² where |d| < δ, else δ·(|d| − ½δ), with d = ŷ − y: outliers count less."""

from deltarule.language import *

aliases("huber_loss")

reduction = option(
    "reduction", "sum", "as in PyTorch: mean is over all outputs of all examples",
    ("sum", "mean", "none"),
)

N, M = sizes("N M")
n, m = indices("n m")
delta = scalar("delta", 1, within="(0, oo)")

yhat, y = input("yhat", N, M), target("y", N, M)
e = (output if reduction == "none" else intermediate)("E_o", N, M)

d = yhat[n, m] - y[n, m]
e[n, m] = where(absolute(d) < delta, square(d) / 2, delta * (absolute(d) - delta / 2))
if reduction != "none":
    E = loss("E", (Mean if reduction == "mean" else Sum)[n, m](e[n, m]))
