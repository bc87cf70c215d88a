"""One to many: a recurrent network gets one input and gives out a sequence.

As for the caption of a picture: the input x comes in at the first time alone, afterwards the states
go on by themselves, and every one of them is read out.
"""

from deltarule.language import *

batch = option("batch", True, "several sequences at once, one a row")
error = option("loss", "cross_entropy", "none, half_squared or cross_entropy")
order = layout("layout", "time_first", batch_first=(0, 1))

N, D = sizes("N D")
x = input("x", *([N] if batch else []), D)
layer("rnn", x, last=True, batch=batch, inputs="first", loss=error, layout=order)
