"""Many to one: a recurrent network reads a whole sequence and answers at its end.

As for the sentiment of a sentence: h_t = tanh(W_xh x_t + W_hh h_{t−1} + b_h), and only the last
state is read out, ŷ = W_hy h_{T−1} + b_y.
"""

from deltarule.language import *

batch = option("batch", True, "several sequences at once, one a row")
error = option("loss", "cross_entropy", "none, half_squared or cross_entropy")
order = layout("layout", "time_first", batch_first=(0, 1))

T, N, D = sizes("T N D")
x = input("x", T, *([N] if batch else []), D)
layer("rnn", x, last=True, batch=batch, outputs="last", loss=error, layout=order)
