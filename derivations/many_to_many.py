"""Many to many: a recurrent network reads a sequence and answers at every time.

As for the tag of every word: h_t = tanh(W_xh x_t + W_hh h_{t−1} + b_h), ŷ_t = W_hy h_t + b_y.
"""

from deltarule.language import *

batch = option("batch", True, "several sequences at once, one a row")
error = option("loss", "cross_entropy", "none, half_squared or cross_entropy")
order = layout("layout", "time_first", batch_first=(0, 1))

T, N, D = sizes("T N D")
x = input("x", T, *([N] if batch else []), D)
layer("rnn", x, last=True, batch=batch, loss=error, layout=order)
