"""GoogLeNet (2014): nine inception modules between a few convolutions and one dense layer.

The two side branches that helped in training are left out: 6,998,552 parameters. Sizes are
rounded up by padding one row and column more below and on the right, here on all sides.
"""

from deltarule.language import *

aliases("inception_v1")

N = size("N")
n, f, i, j, m = indices("n f i j m")


def conv(source, name, maps, window, stride=1):
    s = layer(
        "conv2d", source, suffix=f"_{name}", names={"y": f"s_{name}"},
        sizes={"F": maps, "K": window, "L": window}, stride=stride, dilation=1, pad=window // 2,
    )
    h = intermediate(f"conv_{name}", *s.axes)
    h[n, f, i, j] = relu(s[n, f, i, j])
    return h


def pool(source, name):
    return layer(
        "max_pool2d", source, suffix=f"_p{name}", names={"y": f"pool{name}"},
        height=3, width=3, stride=2, pad=1,
    )


def inception(source, name, maps):
    return layer(
        "inception", source, suffix=f"_{name}", names={"y": f"inception_{name}"}, kind="reduced",
        sizes=dict(zip(("F1", "R3", "F3", "R5", "F5", "FP"), maps)),
    )


h = pool(conv(input("x", N, 3, 224, 224), "1a", 64, 7, stride=2), "1")
h = layer("lrn", h, suffix="_n1", names={"y": "lrn1"}, radius=2)
h = conv(conv(h, "2a", 64, 1), "2b", 192, 3)
h = pool(layer("lrn", h, suffix="_n2", names={"y": "lrn2"}, radius=2), "2")

h = inception(h, "3a", (64, 96, 128, 16, 32, 32))
h = pool(inception(h, "3b", (128, 128, 192, 32, 96, 64)), "3")
h = inception(h, "4a", (192, 96, 208, 16, 48, 64))
h = inception(h, "4b", (160, 112, 224, 24, 64, 64))
h = inception(h, "4c", (128, 128, 256, 24, 64, 64))
h = inception(h, "4d", (112, 144, 288, 32, 64, 64))
h = pool(inception(h, "4e", (256, 160, 320, 32, 128, 128)), "4")
h = inception(h, "5a", (256, 160, 320, 32, 128, 128))
h = inception(h, "5b", (384, 192, 384, 48, 128, 128))

h = layer("global_avg_pool", h, suffix="_g", names={"y": "mean"})
layer("dense", h, suffix="_fc", sizes={"M": 1000}, names={"y": "y"}, last=True)
