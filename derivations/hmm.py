"""Hidden Markov model: the likelihood of a sequence by the forward recursion, in logarithms.

α_t(j) = log P(o_0 … o_t, state j at t): the model is in state j having come from any i. The
gradient of log P with respect to the logarithms of the probabilities is the expected number of
times that each of them is used.
"""

from deltarule.language import *

aliases("hidden_markov_model")

T, J, V = sizes("T J V")
t, i, j = indices("t i j")

o = input("o", T, below=V)
log_pi = parameter("log_pi", J)
log_A, log_B = parameter("log_A", J, J), parameter("log_B", J, V)
prior, alpha = intermediate("prior", T, J), intermediate("alpha", T, J)
log_P = intermediate("log_P")

prior[t, j] = initially(t, log_pi[j], LogSumExp[i](alpha[t - 1, i] + log_A[i, j]))
alpha[t, j] = prior[t, j] + log_B[j, o[t]]
log_P[()] = LogSumExp[j](alpha[T - 1, j])

E = loss("E", -log_P)
