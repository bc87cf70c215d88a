"""What a recurrent network gives out, and its error: at every time, or at the last one.

The states h come from a recurrent layer. With a readout, ŷ_t = W_hy h_t + b_y, else the states
themselves are given out. The errors of all times are added up.
"""

from deltarule.language import *

batch = option("batch", True, "several sequences at once, one a row")
bias = option("bias", True, "add a bias to every output")
readout = option("readout", True, "a layer of weights between states and outputs")
outputs = option("outputs", "all", "the times with an output", choices=("all", "last"))
layout("layout", "time_first", batch_first=(0, 1))
orientation = option(
    "orientation", "xW", "how weights lie: xW (inputs × units) or Wx (units × inputs)",
    choices=("xW", "Wx"),
)
lengths = option("lengths", False, "how many times each sequence has is given; 0 follows them")
error = option(
    "loss", "half_squared", "what is compared with the targets",
    choices=("none", "half_squared", "cross_entropy"),
)

T, N, H = sizes("T N H")
M = size("M") if readout else H
t, n, m, o, c = indices("t n m o c")
rows, row = ([N], [n]) if batch else ([], [])
times, time = ([T], [t]) if outputs == "all" else ([], [])
now = t if outputs == "all" else T - 1

h = input("h", T, *rows, H)
length = input("length", *rows, below=T + 1) if lengths and times else None


def within(value):
    """A value at times that a sequence has, 0 after them."""
    return where(t < length[*row], value, 0) if length is not None else value


if readout:
    W, b = weights("W_hy", H, M, orientation), parameter("b_y", M) if bias else 0
    name = {"none": "y", "half_squared": "yhat", "cross_entropy": "z"}[error]
    z = (output if error == "none" else intermediate)(name, *times, *rows, M)
    score = Sum[m](h[now, *row, m] * W[m, o]) + (b[o] if bias else 0)
    z[*time, *row, o] = within(score) if error == "none" else score
elif error == "none":
    z = output("y", *times, *rows, H)
    z[*time, *row, o] = within(h[now, *row, o])


def given_out(unit):
    return z[*time, *row, unit] if readout else h[now, *row, unit]


if error == "half_squared":
    y = target("y", *times, *rows, M)
    error_of_one = Sum[o](square(y[*time, *row, o] - given_out(o))) / 2

if error == "cross_entropy":
    y = target("y", *times, *rows, M, sums_to_one=-1)
    p = intermediate("p", *times, *rows, M)
    p[*time, *row, o] = exp(given_out(o)) / Sum[c](exp(given_out(c)))
    error_of_one = -Sum[o](y[*time, *row, o] * log(p[*time, *row, o]))

if error != "none" and (times or rows):
    e = intermediate("E_t" if times else "E_n", *times, *rows)
    e[*time, *row] = within(error_of_one)
    E = loss("E", Sum[*time, *row](e[*time, *row]))
elif error != "none":
    E = loss("E", error_of_one)
