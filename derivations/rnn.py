"""Recurrent network (vanilla, Elman): h_t = tanh(W_xh x_t + W_hh h_{t−1} + b_h).

The states are read out, ŷ_t = W_hy h_t + b_y. The same weights are used at every time; h_{−1} is
the initial state h₀. Every row n is a sequence of its own.
"""

from deltarule.language import *

aliases("elman", "vanilla_rnn")

batch = option("batch", True, "several sequences at once, one a row")
bias = option("bias", True, "add a bias to every unit")
phi = activation("activation", "tanh", "of the states")
readout = option("readout", True, "a layer of weights between states and outputs")
outputs = option("outputs", "all", "the times with an output", choices=("all", "last"))
inputs = option("inputs", "all", "the times with an input", choices=("all", "first"))
orientation = option(
    "orientation", "xW", "how weights lie: xW (inputs × units) or Wx (units × inputs)",
    choices=("xW", "Wx"),
)
error = option("loss", "half_squared", "none, half_squared or cross_entropy")

T, N, D, H = sizes("T N D H")
t, n, d, k, m = indices("t n d k m")
rows, row = ([N], [n]) if batch else ([], [])

x = input("x", T, *rows, D) if inputs == "all" else input("x", *rows, D)
W_xh, W_hh = weights("W_xh", D, H, orientation), weights("W_hh", H, H, orientation)
b = parameter("b_h", H) if bias else None
h0 = parameter("h0", *rows, H)

s = intermediate("s", T, *rows, H)
h = state("h", T, *rows, H, before=h0)

if inputs == "all":
    seen = Sum[d](x[t, *row, d] * W_xh[d, m])
else:
    seen = initially(t, Sum[d](x[*row, d] * W_xh[d, m]), 0)
carried = Sum[k](h[t - 1, *row, k] * W_hh[k, m])
s[t, *row, m] = seen + carried + b[m] if bias else seen + carried
h[t, *row, m] = phi(s[t, *row, m])

layer(
    "sequence_output", h, last=True,
    batch=batch, bias=bias, readout=readout, outputs=outputs, loss=error,
    orientation=orientation,
)
