"""Long short-term memory as deck P writes it: c′ = g(z) f(z_i) + c f(z_f), a = h(c′) f(z_o).

f is the sigmoid of the gates, g and h squash what goes into the memory c and what comes out of it.
All four, z, z_i, z_f and z_o, are weighted sums of the input x_t and the output a_{t−1}.
"""

from deltarule.language import *

aliases("lstm_patnaik")

batch = option("batch", True, "several sequences at once, one a row")
peephole = option("peephole", False, "the gates see the memory c_{t−1} as well")
g = activation("g", "sigmoid", "of what goes into the memory")
h = activation("h", "sigmoid", "of what comes out of the memory")
readout = option("readout", False, "a layer of weights between states and outputs")
outputs = option("outputs", "all", "the times with an output", choices=("all", "last"))
error = option("loss", "none", "none, half_squared or cross_entropy")
f = sigmoid
order = layout("layout", "time_first", batch_first=(0, 1))

T, N, D, H = sizes("T N D H")
t, n, d, k, m = indices("t n d k m")
rows, row = ([N], [n]) if batch else ([], [])

x = input("x", T, *rows, D)
a = state("a", T, *rows, H, before=parameter("a0", *rows, H))
c = state("c", T, *rows, H, before=parameter("c0", *rows, H))


def weighted(name, sees_memory):
    """W x_t + U a_{t−1} + b, and V ∘ c_{t−1} with a peephole."""
    end = name[1:]
    W, U = parameter("W" + end, D, H), parameter("U" + end, H, H)
    b = parameter("b" + end, H)
    z = intermediate(name, T, *rows, H)
    total = Sum[d](x[t, *row, d] * W[d, m]) + Sum[k](a[t - 1, *row, k] * U[k, m]) + b[m]
    if sees_memory:
        total = total + parameter("V" + end, H)[m] * c[t - 1, *row, m]
    z[t, *row, m] = total
    return z[t, *row, m]


z, z_i = weighted("z", False), weighted("z_i", peephole)
z_f, z_o = weighted("z_f", peephole), weighted("z_o", peephole)
c[t, *row, m] = g(z) * f(z_i) + c[t - 1, *row, m] * f(z_f)
a[t, *row, m] = h(c[t, *row, m]) * f(z_o)

layer("sequence_output", a, last=True, batch=batch, readout=readout, outputs=outputs, loss=error,
      layout=order)
