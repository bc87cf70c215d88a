"""LeNet-1 (1989): 28 × 28 pixels, 4 maps, averages, 12 maps, averages, 10 outputs.

With `maps` full every map of the second layer sees all four: 3246 parameters. With `maps`
table 20 chosen pairs are connected, and the averages have a weight and a bias for each map, as in
the paper: 2578 parameters.
"""

from deltarule.language import *

connected = option("maps", "full", "which maps are connected", choices=("full", "table"))

N = size("N")
n, c, f, e, i, j, k, l, m = indices("n c f e i j k l m")


def averaged(source, number):
    h = layer(
        "avg_pool2d", source, suffix=f"_p{number}", names={"y": f"mean{number}"},
        height=2, width=2, stride=2, pad=0,
    )
    if connected == "full":
        return h
    a, b = parameter(f"a{number}", h.axes[1]), parameter(f"d{number}", h.axes[1])
    y = intermediate(f"pool{number}", *h.axes)
    y[n, c, i, j] = tanh(a[c] * h[n, c, i, j] + b[c])
    return y


def conv(source, number, maps):
    s = layer(
        "conv2d", source, suffix=str(number), names={"y": f"s{number}"},
        sizes={"F": maps, "K": 5, "L": 5}, stride=1, dilation=1, pad=0,
    )
    return activated(s, number)


def activated(s, number):
    h = intermediate(f"conv{number}", *s.axes)
    h[n, f, i, j] = tanh(s[n, f, i, j])
    return h


x = input("x", N, 1, 28, 28)
h = averaged(conv(x, 1, 4), 1)

if connected == "full":
    h = conv(h, 2, 12)
else:
    # Pair e connects map `to[e]` with map `origin[e]` of the layer before.
    origin, to = input("origin", 20, below=4), input("to", 20, below=12)
    w, b = parameter("w2", 20, 5, 5), parameter("b2", 12)
    z, s = intermediate("z2", N, 20, 8, 8), intermediate("s2", N, 12, 8, 8)
    z[n, e, i, j] = Sum[k, l](h[n, origin[e], i + k, j + l] * w[e, k, l])
    s[n, f, i, j] = b[f] + Sum[e](z[n, e, i, j], where=[to[e] >= f, to[e] <= f])
    h = activated(s, 2)

h = layer("flatten", averaged(h, 2), suffix="_f", names={"y": "flat"})
y = layer("dense", h, suffix="3", sizes={"M": 10}, activation="tanh", names={"h": "y"}, last=True)
