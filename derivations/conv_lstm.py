"""Convolutional LSTM (Shi et al. 2015): an LSTM whose weighted sums are convolutions.

A window reaches R pixels to every side; outside the image x and h are 0.
"""

from deltarule.language import *

aliases("convlstm")

T, C, F, H, W, R = sizes("T C F H W R")
K = 2 * R + 1
t, c, f, g, i, j, p, q = indices("t c f g i j p q")

x = input("x", T, C, H, W, outside=0)
h, s = state("h", T, F, H, W, before=0, outside=0), state("c", T, F, H, W, before=0)
y = output("y", T, F, H, W)


def gate(name, phi):
    """φ(w_x ∗ x + w_h ∗ h + b), the weights being its own."""
    w_x, w_h = parameter(f"w_x{name}", F, C, K, K), parameter(f"w_h{name}", F, F, K, K)
    b, s = parameter(f"b_{name}", F), intermediate(f"s_{name}", T, F, H, W)
    gate = intermediate(name, T, F, H, W)
    s[t, f, i, j] = (
        Sum[c, p, q](x[t, c, i + p - R, j + q - R] * w_x[f, c, p, q])
        + Sum[g, p, q](h[t - 1, g, i + p - R, j + q - R] * w_h[f, g, p, q])
        + b[f]
    )
    gate[t, f, i, j] = phi(s[t, f, i, j])
    return gate[t, f, i, j]


into, forget, out = gate("i", sigmoid), gate("f", sigmoid), gate("o", sigmoid)
s[t, f, i, j] = forget * s[t - 1, f, i, j] + into * gate("g", tanh)
h[t, f, i, j] = out * tanh(s[t, f, i, j])
y[t, f, i, j] = h[t, f, i, j]
