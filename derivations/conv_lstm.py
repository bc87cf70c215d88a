"""Convolutional LSTM (Shi et al. 2015): an LSTM whose weighted sums are convolutions.

A window reaches R pixels to every side; outside the image x and h are 0.
"""

from deltarule.language import *

aliases("convlstm")

layout("layout", "channels_first", channels_last=(1, -1))

T, C, F, H, W, R = sizes("T C F H W R")
K = 2 * R + 1
t, d, m, n, p, q, k, l = indices("t d m n p q k l")

x = input("x", T, C, H, W, outside=0)
h, s = state("h", T, F, H, W, before=0, outside=0), state("c", T, F, H, W, before=0)
y = output("y", T, F, H, W)


def gate(name, phi):
    """φ(w_x ∗ x + w_h ∗ h + b), the weights being its own."""
    w_x, w_h = parameter(f"w_x{name}", F, C, K, K), parameter(f"w_h{name}", F, F, K, K)
    b, s = parameter(f"b_{name}", F), intermediate(f"s_{name}", T, F, H, W)
    gate = intermediate(name, T, F, H, W)
    s[t, m, p, q] = (
        Sum[d, k, l](x[t, d, p + k - R, q + l - R] * w_x[m, d, k, l])
        + Sum[n, k, l](h[t - 1, n, p + k - R, q + l - R] * w_h[m, n, k, l])
        + b[m]
    )
    gate[t, m, p, q] = phi(s[t, m, p, q])
    return gate[t, m, p, q]


into, forget, out = gate("i", sigmoid), gate("f", sigmoid), gate("o", sigmoid)
s[t, m, p, q] = forget * s[t - 1, m, p, q] + into * gate("g", tanh)
h[t, m, p, q] = out * tanh(s[t, m, p, q])
y[t, m, p, q] = h[t, m, p, q]
