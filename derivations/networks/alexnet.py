"""AlexNet (2012): five convolutions, three of them pooled, and three dense layers.

The two halves that ran on two graphics cards are taken as one: every map sees all maps before it.
An image has 227 × 227 pixels (some write 224, with padding).
"""

from deltarule.language import *

N = size("N")
n, f, i, j, m = indices("n f i j m")


def conv(source, number, maps, window, stride=1, pad=0):
    s = layer(
        "conv2d", source, suffix=str(number), names={"y": f"s{number}"},
        sizes={"F": maps, "K": window, "L": window}, stride=stride, dilation=1, pad=pad,
    )
    h = intermediate(f"conv{number}", *s.axes)
    h[n, f, i, j] = relu(s[n, f, i, j])
    return h


def pool(source, number):
    return layer(
        "max_pool2d", source, suffix=f"_p{number}", names={"y": f"pool{number}"},
        height=3, width=3, stride=2, pad=0,
    )


def dense(source, number, units, function="relu"):
    return layer(
        "dense", source, suffix=str(number), sizes={"M": units}, activation=function,
        names={"h": f"fc{number}", "s": f"z{number}", "y": f"fc{number}", "b": f"c{number}"},
    )


x = input("x", N, 3, 227, 227)
h = conv(x, 1, 96, 11, stride=4)
h = layer("lrn", h, suffix="_n1", names={"y": "lrn1"}, radius=2)
h = conv(pool(h, 1), 2, 256, 5, pad=2)
h = layer("lrn", h, suffix="_n2", names={"y": "lrn2"}, radius=2)
h = conv(pool(h, 2), 3, 384, 3, pad=1)
h = conv(h, 4, 384, 3, pad=1)
h = pool(conv(h, 5, 256, 3, pad=1), 5)
h = layer("flatten", h, suffix="_f", names={"y": "flat"})
h = dense(dense(dense(h, 6, 4096), 7, 4096), 8, 1000, "identity")

y = output("y", *h.axes)
y[n, m] = h[n, m]
