"""IRNN: a recurrent network of rectified linear units that starts as a memory, with W_hh = I.

h_t = ReLU(W_xh x_t + W_hh h_{t−1} + b_h). With the identity a state is carried on unchanged, and
so is its error, whatever the length of the sequence (Le, Jaitly and Hinton 2015).
"""

from deltarule.language import *

batch = option("batch", True, "several sequences at once, one a row")
readout = option("readout", True, "a layer of weights between states and outputs")
outputs = option("outputs", "last", "the times with an output", choices=("all", "last"))
error = option("loss", "half_squared", "none, half_squared or cross_entropy")
order = layout("layout", "time_first", batch_first=(0, 1))

T, N, D, H = sizes("T N D H")
t, n, d, k, m = indices("t n d k m")
rows, row = ([N], [n]) if batch else ([], [])

x = input("x", T, *rows, D)
W_xh = parameter("W_xh", D, H)
W_hh = parameter("W_hh", H, H, start="identity")
b = parameter("b_h", H, start=0)

s = intermediate("s", T, *rows, H)
h = state("h", T, *rows, H, before=0)

s[t, *row, m] = (
    Sum[d](x[t, *row, d] * W_xh[d, m]) + Sum[k](h[t - 1, *row, k] * W_hh[k, m]) + b[m]
)
h[t, *row, m] = relu(s[t, *row, m])

layer("sequence_output", h, last=True, batch=batch, readout=readout, outputs=outputs, loss=error,
      layout=order)
