"""Network in network (2013) for 1000 classes: four mlpconv blocks, and global average pooling.

Each block is a convolution with two 1×1 convolutions behind it; there are no dense layers.
"""

from deltarule.language import *

N = size("N")
n, f, i, j, m = indices("n f i j m")


def conv(source, name, maps, window, stride=1, pad=0):
    s = layer(
        "conv2d", source, suffix=f"_{name}", names={"y": f"s_{name}"},
        sizes={"F": maps, "K": window, "L": window}, stride=stride, dilation=1, pad=pad,
    )
    h = intermediate(f"conv_{name}", *s.axes)
    h[n, f, i, j] = relu(s[n, f, i, j])
    return h


h = input("x", N, 3, 227, 227)
blocks = ((96, 11, 4, 0, 96), (256, 5, 1, 2, 256), (384, 3, 1, 1, 384), (1024, 3, 1, 1, 1000))
for block, (maps, window, stride, pad, last) in enumerate(blocks, 1):
    h = conv(h, f"{block}a", maps, window, stride, pad)
    h = conv(conv(h, f"{block}b", maps, 1), f"{block}c", last, 1)
    if block < 4:
        h = layer(
            "max_pool2d", h, suffix=f"_p{block}", names={"y": f"pool{block}"},
            height=3, width=3, stride=2, pad=0,
        )

layer("global_avg_pool", h, suffix="_g", names={"y": "y"}, last=True)
