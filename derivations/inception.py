"""Inception module: windows of several sizes side by side, their maps one behind the other.

Naïve: 1×1, 3×3 and 5×5 convolutions and 3×3 max pooling. Reduced: 1×1 convolutions before the
large windows and behind the pooling make the channels fewer. Factored: as reduced, with the 5×5
window made of two 3×3. Every convolution is followed by ReLU.
"""

from deltarule.language import *

aliases("inception_module", "googlenet_module")

kind = option("kind", "reduced", "how it is built", choices=("naive", "reduced", "factored"))
order = layout("layout", "channels_first", channels_last=(1, -1))

N, C, H, W, F1, F3, F5, R3, R5, FP = sizes("N C H W F1 F3 F5 R3 R5 FP")
n, f, i, j = indices("n f i j")


def conv(source, name, maps, window):
    """A convolution that keeps the image's size, and ReLU."""
    s = layer(
        "conv2d", source, suffix=name, names={"y": f"s{name}"},
        sizes={"F": maps, "K": window, "L": window}, stride=1, dilation=1, pad=window // 2,
        layout=order,
    )
    h = intermediate(f"h{name}", *s.axes)
    h[n, f, i, j] = relu(s[n, f, i, j])
    return h


x = input("x", N, C, H, W)
small = conv(x, "1", F1, 1)
pooled = layer(
    "max_pool2d", x, suffix="_p", names={"y": "h_p"}, height=3, width=3, stride=1, pad=1,
    layout=order,
)

if kind == "naive":
    middle, large = conv(x, "3", F3, 3), conv(x, "5", F5, 5)
else:
    middle = conv(conv(x, "_r3", R3, 1), "3", F3, 3)
    before = conv(x, "_r5", R5, 1)
    pooled = conv(pooled, "_q", FP, 1)
    if kind == "reduced":
        large = conv(before, "5", F5, 5)
    else:
        large = conv(conv(before, "_5a", F5, 3), "_5b", F5, 3)

concatenate("y", small, middle, large, pooled, role="output")
