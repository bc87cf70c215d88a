"""Depthwise separable convolution (MobileNet): each channel by its own window, then 1 × 1."""

from deltarule.language import *

aliases("depthwise_separable_convolution", "depthwise_separable_conv2d")

layout("layout", "channels_first", channels_last=(1, -1))

N, C, F, H, W, K = sizes("N C F H W K")
I, J = size("I", H - K + 1), size("J", W - K + 1)
n, c, f, i, j, k, l = indices("n c f i j k l")

x = input("x", N, C, H, W)
w, v = parameter("w", C, K, K), parameter("v", F, C)
u, y = intermediate("u", N, C, I, J), output("y", N, F, I, J)

u[n, c, i, j] = Sum[k, l](x[n, c, i + k, j + l] * w[c, k, l])
y[n, f, i, j] = Sum[c](u[n, c, i, j] * v[f, c])
