"""True convolution of a layer's activations: z_{x,y} = b + Σ_k Σ_l w_{k,l} σ(z_{x−k, y−l}).

The kernel is turned by 180° against the image. All shifts that meet the image count, so that
H rows and K taps give H + K − 1 rows (full convolution).
"""

from deltarule.language import *

aliases("flipped_convolution", "full_convolution")

phi = activation("activation", "sigmoid", "of the layer that is convolved")
layout("layout", "channels_first", channels_last=(1, -1))
layout("filters", "outputs_first", of="parameter", outputs_last=((0, -1), (0, -2)))

N, C, F, H, W, K, L = sizes("N C F H W K L")
X = size("X", H + K - 1)
Y = size("Y", W + L - 1)
n, c, f, x, y, k, l, i, j = indices("n c f x y k l i j")

z = input("z", N, C, H, W)
w, bias = parameter("w", F, C, K, L), parameter("b", F)
h = intermediate("h", N, C, H, W, outside=0)
s = output("s", N, F, X, Y)

h[n, c, i, j] = phi(z[n, c, i, j])
s[n, f, x, y] = bias[f] + Sum[c, k, l](w[f, c, k, l] * h[n, c, x - k, y - l])
