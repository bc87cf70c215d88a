"""Long short-term memory without peepholes: c_t = f c_{t−1} + i g, h_t = o tanh(c_t).

The gates are i, f, o = σ(W_x x_t + W_h h_{t−1} + b), and g = tanh(…) likewise. The cell c is
carried on by the forget gate f, what is new comes in through the input gate i, and the output gate
o lets h out. Every row n is a sequence of its own.
"""

from deltarule.language import *

batch = option("batch", True, "several sequences at once, one a row")
readout = option("readout", False, "a layer of weights between states and outputs")
outputs = option("outputs", "all", "the times with an output", choices=("all", "last"))
axis_order = layout("layout", "time_first", batch_first=(0, 1))
orientation = option(
    "orientation", "xW", "how weights lie: xW (inputs × units) or Wx (units × inputs)",
    choices=("xW", "Wx"),
)
bidirectional = option(
    "bidirectional", False, "a second state goes backward in time, with weights of its own"
)
final = option("final", False, "the states after the last time are put out, too")
lengths = option("lengths", False, "how many times each sequence has is given; then states stay")
error = option("loss", "none", "none, half_squared or cross_entropy")

T, N, D, H = sizes("T N D H")
t, n, d, k, m = indices("t n d k m")
rows, row = ([N], [n]) if batch else ([], [])

x = input("x", T, *rows, D)
length = input("length", *rows, below=T + 1) if lengths else None


def direction(edge, ago, end, way=""):
    """A state that is carried on in time, t − 1 being the time `ago`; at `end` it is final."""
    h0, c0 = parameter("h0" + way, *rows, H), parameter("c0" + way, *rows, H)
    h = state("h" + way, T, *rows, H, **{edge: h0})
    c = state("c" + way, T, *rows, H, **{edge: c0})

    def gate(name, phi):
        """φ(W_x x_t + W_h h_{t−1} + b), the weights being its own."""
        name += way
        W_x, W_h = (
            weights(f"W_x{name}", D, H, orientation), weights(f"W_h{name}", H, H, orientation)
        )
        b = parameter(f"b_{name}", H)
        s, gate = intermediate(f"s_{name}", T, *rows, H), intermediate(name, T, *rows, H)
        s[t, *row, m] = (
            Sum[d](x[t, *row, d] * W_x[d, m]) + Sum[k](h[ago, *row, k] * W_h[k, m]) + b[m]
        )
        gate[t, *row, m] = phi(s[t, *row, m])
        return gate[t, *row, m]

    i, f, o = gate("i", sigmoid), gate("f", sigmoid), gate("o", sigmoid)
    g = gate("g", tanh)
    cell, hidden = f * c[ago, *row, m] + i * g, o * tanh(c[t, *row, m])
    if lengths:
        cell = where(t < length[*row], cell, c[ago, *row, m])
        hidden = where(t < length[*row], hidden, h[ago, *row, m])
    c[t, *row, m] = cell
    h[t, *row, m] = hidden
    if final:
        for name, carried in (("h_T", h), ("c_T", c)):
            last = output(name + way, *rows, H)
            last[*row, m] = carried[end, *row, m]
    return h


h = direction("before", t - 1, T - 1)
if bidirectional:
    h = concatenate("h_fb", h, direction("after", t + 1, 0, way="_b"), axis=1 + len(rows))

given = [length] if lengths and outputs == "all" else []
layer(
    "sequence_output", h, *given, last=True, lengths=lengths, layout=axis_order,
    batch=batch, readout=readout, outputs=outputs, loss=error, orientation=orientation,
)
