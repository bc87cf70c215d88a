"""ResNet-152 (2015): 50 bottleneck blocks of three convolutions, each with a shortcut.

A bottleneck makes the maps four times fewer with a 1×1 convolution, convolves 3×3, and widens
again. Every convolution is normalised over the batch and has no bias. 60,192,808 parameters.
"""

from deltarule.language import *

aliases("resnet")

blocks = option("blocks", "3-8-36-3", "bottlenecks at each image size (3-4-6-3 is ResNet-50)")

N = size("N")
n, f, i, j = indices("n f i j")


def conv(source, name, maps, window, stride=1, active=True):
    s = layer(
        "conv2d", source, suffix=f"_{name}", names={"y": f"s_{name}"},
        sizes={"F": maps, "K": window, "L": window},
        stride=stride, dilation=1, pad=window // 2, bias=False,
    )
    h = layer("batch_norm", s, suffix=f"_{name}", names={"y": f"norm_{name}"}, images=True)
    return activated(h, f"conv_{name}") if active else h


def activated(source, name):
    h = intermediate(name, *source.axes)
    h[n, f, i, j] = relu(source[n, f, i, j])
    return h


def bottleneck(x, name, maps, stride, widen):
    h = conv(conv(x, f"{name}a", maps, 1), f"{name}b", maps, 3, stride)
    h = conv(h, f"{name}c", 4 * maps, 1, active=False)
    shortcut = conv(x, f"{name}s", 4 * maps, 1, stride, active=False) if widen else x
    y = intermediate(f"block_{name}", *h.axes)
    y[n, f, i, j] = relu(h[n, f, i, j] + shortcut[n, f, i, j])
    return y


h = conv(input("x", N, 3, 224, 224), "1a", 64, 7, stride=2)
h = layer(
    "max_pool2d", h, suffix="_p", names={"y": "pool"}, height=3, width=3, stride=2, pad=1
)
for stage, count in enumerate(map(int, blocks.split("-"))):
    for k in range(count):
        first = k == 0
        h = bottleneck(h, f"{stage + 2}x{k + 1}", 64 * 2**stage, 2 if first and stage else 1, first)

h = layer("global_avg_pool", h, suffix="_g", names={"y": "mean"})
layer("dense", h, suffix="_fc", sizes={"M": 1000}, names={"y": "y"}, last=True)
