"""A dense network on an image of K × K pixels: 20, 20 and 10 units, without biases."""

from deltarule.language import *

N, K = sizes("N K")
n, i, j = indices("n i j")

x = input("x", N, K, K)
h = intermediate("flat", N, K*K)
h[n, K*i + j] = x[n, i, j]
for number, units in enumerate((20, 20, 10), 1):
    h = layer(
        "dense", h, suffix=str(number), sizes={"M": units}, bias=False, last=number == 3,
        activation="sigmoid", names={"h": f"h{number}"},
    )
