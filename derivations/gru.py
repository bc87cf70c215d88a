"""Gated recurrent unit: h_t = (1 − z) g + z h_{t−1}, with an update gate z and a reset gate r.

Two orders of the reset are published: r ∘ h_{t−1} before the weights, g = tanh(W x_t + U (r ∘
h_{t−1})) (Cho et al. 2014), or after them, g = tanh(W x_t + r ∘ (U h_{t−1})) (cuDNN, PyTorch).
"""

from deltarule.language import *

batch = option("batch", True, "several sequences at once, one a row")
reset = option(
    "reset", "before", "r ∘ h comes before or after the weights", choices=("before", "after")
)
kept = option(
    "update", "z", "what the old state is multiplied by, z or 1 − z", choices=("z", "1-z")
)
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
    h = state("h" + way, T, *rows, H, **{edge: parameter("h0" + way, *rows, H)})

    def own(name):
        """The weights of a gate, and its bias."""
        W_x, W_h = (
            weights(f"W_x{name}", D, H, orientation), weights(f"W_h{name}", H, H, orientation)
        )
        return W_x, W_h, parameter(f"b_{name}", H)

    def gate(name):
        """σ(W_x x_t + W_h h_{t−1} + b), the weights being its own."""
        W_x, W_h, b = own(name)
        s, gate = intermediate(f"s_{name}", T, *rows, H), intermediate(name, T, *rows, H)
        s[t, *row, m] = (
            Sum[d](x[t, *row, d] * W_x[d, m]) + Sum[k](h[ago, *row, k] * W_h[k, m]) + b[m]
        )
        gate[t, *row, m] = sigmoid(s[t, *row, m])
        return gate

    r, z = gate("r" + way), gate("z" + way)
    W_xg, W_hg, b_g = own("g" + way)
    s_g, g = intermediate("s_g" + way, T, *rows, H), intermediate("g" + way, T, *rows, H)
    seen = Sum[d](x[t, *row, d] * W_xg[d, m]) + b_g[m]
    if reset == "before":
        s_g[t, *row, m] = seen + Sum[k](r[t, *row, k] * h[ago, *row, k] * W_hg[k, m])
    else:
        u, b_u = intermediate("u" + way, T, *rows, H), parameter("b_u" + way, H)
        u[t, *row, m] = Sum[k](h[ago, *row, k] * W_hg[k, m]) + b_u[m]
        s_g[t, *row, m] = seen + r[t, *row, m] * u[t, *row, m]
    g[t, *row, m] = tanh(s_g[t, *row, m])

    old, new_one = z[t, *row, m], 1 - z[t, *row, m]
    if kept == "1-z":
        old, new_one = new_one, old
    hidden = new_one * g[t, *row, m] + old * h[ago, *row, m]
    h[t, *row, m] = where(t < length[*row], hidden, h[ago, *row, m]) if lengths else hidden
    if final:
        last = output("h_T" + way, *rows, H)
        last[*row, m] = h[end, *row, m]
    return h


h = direction("before", t - 1, T - 1)
if bidirectional:
    h = concatenate("h_fb", h, direction("after", t + 1, 0, way="_b"), axis=1 + len(rows))

scores = {"names": {"z": "s_y"}} if readout and error == "cross_entropy" else {}
given = [length] if lengths and outputs == "all" else []
layer(
    "sequence_output", h, *given, last=True, lengths=lengths, layout=axis_order,
    batch=batch, readout=readout, outputs=outputs, loss=error, orientation=orientation, **scores,
)
