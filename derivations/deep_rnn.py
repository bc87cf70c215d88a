"""Deep (stacked) recurrent network: the states of one layer are the inputs of the next.

Every layer is a recurrent network of its own, with its own weights and initial state; the topmost
states are read out.
"""

from deltarule.language import *

aliases("stacked_rnn")

layers = option("layers", 2, "recurrent layers, one on the other", at_least=1, at_most=100)
cell = option("cell", "rnn", "what the layers are", choices=("rnn", "gru", "lstm", "peephole_lstm"))
batch = option("batch", True, "several sequences at once, one a row")
readout = option("readout", True, "a layer of weights between states and outputs")
outputs = option("outputs", "all", "the times with an output", choices=("all", "last"))
error = option("loss", "half_squared", "none, half_squared or cross_entropy")
axis_order = layout("layout", "time_first", batch_first=(0, 1))

T, N, D = sizes("T N D")
H = [D, *(size(f"H{k}") for k in range(1, layers + 1))]

h = input("x", T, *([N] if batch else []), D)
for k in range(1, layers + 1):
    h = layer(cell, h, suffix=str(k), sizes={"H": H[k]}, names={"y": f"y{k}"},
              batch=batch, readout=False, loss="none", layout=axis_order)

layer(
    "sequence_output", h, last=True, batch=batch, readout=readout, outputs=outputs, loss=error,
    layout=axis_order,
)
