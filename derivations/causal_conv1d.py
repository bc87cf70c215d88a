"""Causal convolution with dilation D (WaveNet): each time sees itself and earlier times alone."""

from deltarule.language import *

aliases("causal_convolution", "dilated_causal_convolution")

layout("layout", "channels_first", channels_last=(1, -1))
layout("filters", "outputs_first", of="parameter", outputs_last=((0, -1), (0, -2)))

N, C, F, T, K = sizes("N C F T K")
D = attribute("D", dilation=1)
n, c, f, t, k = indices("n c f t k")

x = input("x", N, C, T, outside=0)
w, b = parameter("w", F, C, K), parameter("b", F)
y = output("y", N, F, T)

y[n, f, t] = b[f] + Sum[c, k](x[n, c, t - D*k] * w[f, c, k])
