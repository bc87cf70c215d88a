"""Long short-term memory with the four gates packed into one matrix of 4H columns.

a_t = W_x x_t + W_h h_{t−1} + b has 4H entries: those of i, f, o and g, one after the other. It is
the same network as `lstm`, its weights lying side by side.
"""

from deltarule.language import *

aliases("lstm_packed")

batch = option("batch", True, "several sequences at once, one a row")
order = option("order", "ifog", "how the gates lie: ifog (courses) or ifgo (PyTorch)",
               choices=("ifog", "ifgo"))
readout = option("readout", False, "a layer of weights between states and outputs")
outputs = option("outputs", "all", "the times with an output", choices=("all", "last"))
error = option("loss", "none", "none, half_squared or cross_entropy")
axis_order = layout("layout", "time_first", batch_first=(0, 1))

T, N, D, H = sizes("T N D H")
t, n, d, k, q = indices("t n d k q")
m = index("m", H)
rows, row = ([N], [n]) if batch else ([], [])

x = input("x", T, *rows, D)
W_x, W_h, b = parameter("W_x", D, 4*H), parameter("W_h", H, 4*H), parameter("b", 4*H)
h = state("h", T, *rows, H, before=parameter("h0", *rows, H))
c = state("c", T, *rows, H, before=parameter("c0", *rows, H))
a = intermediate("a", T, *rows, 4*H)

a[t, *row, q] = (
    Sum[d](x[t, *row, d] * W_x[d, q]) + Sum[k](h[t - 1, *row, k] * W_h[k, q]) + b[q]
)


def gate(name, phi):
    """The gate's own quarter of a, squashed."""
    gate = intermediate(name, T, *rows, H)
    gate[t, *row, m] = phi(a[t, *row, m + order.index(name) * H])
    return gate[t, *row, m]


i, f, o = gate("i", sigmoid), gate("f", sigmoid), gate("o", sigmoid)
g = gate("g", tanh)
c[t, *row, m] = f * c[t - 1, *row, m] + i * g
h[t, *row, m] = o * tanh(c[t, *row, m])

layer(
    "sequence_output", h, last=True, batch=batch, readout=readout, outputs=outputs, loss=error,
    layout=axis_order,
)
