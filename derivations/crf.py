"""Linear-chain conditional random field: E = log Z − score, over all paths of labels.

A path scores u_t(y_t) at every time and A(y_{t−1}, y_t) between two; the forward recursion adds up
all of them. The gradient is what the model expects, minus what the labels show.
"""

from deltarule.language import *

aliases("conditional_random_field", "linear_chain_crf")

T, J = sizes("T J")
t, i, j = indices("t i j")

u = input("u", T, J)
A = parameter("A", J, J)
y = target("y", T, below=J)
into, alpha = intermediate("r", T, J), intermediate("alpha", T, J)
log_Z, score = intermediate("log_Z"), intermediate("score")

into[t, j] = initially(t, 0, LogSumExp[i](alpha[t - 1, i] + A[i, j]))
alpha[t, j] = into[t, j] + u[t, j]
log_Z[()] = LogSumExp[j](alpha[T - 1, j])
score[()] = Sum[t](u[t, y[t]]) + Sum[t:T](A[y[t - 1], y[t]], where=t >= 1)

E = loss("E", log_Z - score)
