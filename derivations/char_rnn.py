"""Character model: a recurrent network that predicts the next letter of a text.

The letters come in one-hot, x_t; h_t = tanh(W_xh x_t + W_hh h_{t−1} + b_h), and the softmax of
z_t = W_hy h_t + b_y is a distribution over the next letter. For "hello" the inputs are h, e, l, l
and the targets e, l, l, o, over the letters [h, e, l, o].
"""

from deltarule.language import *

aliases("hello")

T, V = sizes("T V")
x = input("x", T, V)
layer("rnn", x, batch=False, loss="cross_entropy", sizes={"M": V})
