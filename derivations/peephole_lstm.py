"""Long short-term memory with peepholes: the gates see the cell, i and f c_{t−1}, o the new c_t.

i = σ(W_xi x_t + W_hi h_{t−1} + w_ci ∘ c_{t−1} + b_i), f likewise; o = σ(… + w_co ∘ c_t + b_o)
(Gers, Schraudolph and Schmidhuber 2002). A peephole has one weight for every cell.
"""

from deltarule.language import *

aliases("lstm_peephole")

batch = option("batch", True, "several sequences at once, one a row")
readout = option("readout", False, "a layer of weights between states and outputs")
outputs = option("outputs", "all", "the times with an output", choices=("all", "last"))
error = option("loss", "none", "none, half_squared or cross_entropy")
axis_order = layout("layout", "time_first", batch_first=(0, 1))

T, N, D, H = sizes("T N D H")
t, n, d, k, m = indices("t n d k m")
rows, row = ([N], [n]) if batch else ([], [])

x = input("x", T, *rows, D)
h = state("h", T, *rows, H, before=parameter("h0", *rows, H))
c = state("c", T, *rows, H, before=parameter("c0", *rows, H))


def gate(name, phi, cell=None):
    """φ(W_x x_t + W_h h_{t−1} + w_c ∘ cell + b), the weights being its own."""
    W_x, W_h = parameter(f"W_x{name}", D, H), parameter(f"W_h{name}", H, H)
    b = parameter(f"b_{name}", H)
    total = Sum[d](x[t, *row, d] * W_x[d, m]) + Sum[k](h[t - 1, *row, k] * W_h[k, m]) + b[m]
    if cell is not None:
        total = total + parameter(f"w_c{name}", H)[m] * cell
    s, gate = intermediate(f"s_{name}", T, *rows, H), intermediate(name, T, *rows, H)
    s[t, *row, m] = total
    gate[t, *row, m] = phi(s[t, *row, m])
    return gate[t, *row, m]


i = gate("i", sigmoid, c[t - 1, *row, m])
f = gate("f", sigmoid, c[t - 1, *row, m])
g = gate("g", tanh)
c[t, *row, m] = f * c[t - 1, *row, m] + i * g
o = gate("o", sigmoid, c[t, *row, m])
h[t, *row, m] = o * tanh(c[t, *row, m])

layer(
    "sequence_output", h, last=True, batch=batch, readout=readout, outputs=outputs, loss=error,
    layout=axis_order,
)
