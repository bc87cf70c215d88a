"""A classifier with a penalty: the mean error of its scores, and λ Σ W² over all its weights.

One layer is a linear classifier, two are a network with one hidden layer of ReLU units. The error
of an example is −log p[label] (softmax) or Σ_{c ≠ label} max(0, z[c] − z[label] + 1) (svm). Biases
have no penalty.
"""

from deltarule.language import *

layers = option("layers", 1, "number of weight matrices", at_least=1, at_most=100)
bias = option("bias", True, "add a bias to every unit")
error = option("loss", "softmax", "the error of an example", choices=("softmax", "svm"))
half = option("half", False, "half the penalty: λ/2 Σ W²")

N, C = sizes("N C")
n, c, d, m = indices("n c d m")
H = [size("D"), *(size(f"H{k}") for k in range(1, layers)), C]
decay = scalar("lambda", "0.1")

z, penalty = input("x", N, H[0]), 0
for k in range(1, layers + 1):
    W, b = parameter(f"W{k}", H[k - 1], H[k]), parameter(f"b{k}", H[k]) if bias else None
    h, z = z, intermediate(f"z{k}", N, H[k])
    weighted = Sum[d](h[n, d] * W[d, m])
    z[n, m] = weighted + b[m] if bias else weighted
    if k < layers:
        h, z = z, intermediate(f"h{k}", N, H[k])
        z[n, m] = relu(h[n, m])
    R = intermediate(f"R{k}")
    R[()] = decay * Sum[d, m](square(W[d, m])) / (2 if half else 1)
    penalty = penalty + R

t = target("t", N, below=C)
e = intermediate("E_n", N)
if error == "softmax":
    l = intermediate("l", N)
    l[n] = LogSumExp[c](z[n, c])
    e[n] = l[n] - z[n, t[n]]
else:
    e[n] = Sum[c](relu(z[n, c] - z[n, t[n]] + 1), where=differ(c, t[n]))
E = loss("E", Sum[n](e[n]) / N + penalty)
