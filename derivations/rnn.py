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
axis_order = layout("layout", "time_first", batch_first=(0, 1))
orientation = option(
    "orientation", "xW", "how weights lie: xW (inputs × units) or Wx (units × inputs)",
    choices=("xW", "Wx"),
)
final = option("final", False, "the states after the last time are put out, too")
lengths = option("lengths", False, "how many times each sequence has is given; then states stay")
error = option("loss", "half_squared", "none, half_squared or cross_entropy")

T, N, D, H = sizes("T N D H")
t, n, d, k, m = indices("t n d k m")
rows, row = ([N], [n]) if batch else ([], [])

x = input("x", T, *rows, D) if inputs == "all" else input("x", *rows, D)
length = input("length", *rows, below=T + 1) if lengths else None
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
new = phi(s[t, *row, m])
h[t, *row, m] = where(t < length[*row], new, h[t - 1, *row, m]) if lengths else new

if final:
    last = output("h_T", *rows, H)
    last[*row, m] = h[T - 1, *row, m]

given = [length] if lengths and outputs == "all" else []
layer(
    "sequence_output", h, *given, last=True, lengths=lengths, layout=axis_order,
    batch=batch, bias=bias, readout=readout, outputs=outputs, loss=error,
    orientation=orientation,
)
