"""Language model: words are looked up, an LSTM reads them, and a softmax tells the next word.

Embedding, one layer of LSTM, and a dense layer over the vocabulary; −log p of the next word is
averaged over all times and sequences (Zaremba, Sutskever and Vinyals 2014, with one layer).
"""

from deltarule.language import *

T, N, V, D = sizes("T N V D")
t, n, d, k = indices("t n d k")

w = input("w", T, N, below=V)
label = target("label", T, N, below=V)
E = parameter("E", V, D)

x = intermediate("x", T, N, D)
x[t, n, d] = E[w[t, n], d]
z = layer("lstm", x, readout=True, names={"y": "z"}, sizes={"M": V})
p = intermediate("p", T, N, V)
p[t, n, k] = exp(z[t, n, k]) / Sum[d:V](exp(z[t, n, d]))
loss("L", -Mean[t, n](log(p[t, n, label[t, n]])))
