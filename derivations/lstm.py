"""Long short-term memory without peepholes: c_t = f c_{t−1} + i g, h_t = o tanh(c_t).

The gates are i, f, o = σ(W_x x_t + W_h h_{t−1} + b), and g = tanh(…) likewise. The cell c is
carried on by the forget gate f, what is new comes in through the input gate i, and the output gate
o lets h out. Every row n is a sequence of its own.
"""

from deltarule.language import *

batch = option("batch", True, "several sequences at once, one a row")
readout = option("readout", False, "a layer of weights between states and outputs")
outputs = option("outputs", "all", "the times with an output", choices=("all", "last"))
orientation = option(
    "orientation", "xW", "how weights lie: xW (inputs × units) or Wx (units × inputs)",
    choices=("xW", "Wx"),
)
error = option("loss", "none", "none, half_squared or cross_entropy")

T, N, D, H = sizes("T N D H")
t, n, d, k, m = indices("t n d k m")
rows, row = ([N], [n]) if batch else ([], [])

x = input("x", T, *rows, D)
h0, c0 = parameter("h0", *rows, H), parameter("c0", *rows, H)
h = state("h", T, *rows, H, before=h0)
c = state("c", T, *rows, H, before=c0)


def gate(name, phi):
    """φ(W_x x_t + W_h h_{t−1} + b), the weights being its own."""
    W_x, W_h = (
        weights(f"W_x{name}", D, H, orientation), weights(f"W_h{name}", H, H, orientation)
    )
    b = parameter(f"b_{name}", H)
    s, gate = intermediate(f"s_{name}", T, *rows, H), intermediate(name, T, *rows, H)
    s[t, *row, m] = (
        Sum[d](x[t, *row, d] * W_x[d, m]) + Sum[k](h[t - 1, *row, k] * W_h[k, m]) + b[m]
    )
    gate[t, *row, m] = phi(s[t, *row, m])
    return gate[t, *row, m]


i, f, o = gate("i", sigmoid), gate("f", sigmoid), gate("o", sigmoid)
g = gate("g", tanh)
c[t, *row, m] = f * c[t - 1, *row, m] + i * g
h[t, *row, m] = o * tanh(c[t, *row, m])

layer(
    "sequence_output", h, last=True,
    batch=batch, readout=readout, outputs=outputs, loss=error, orientation=orientation,
)
