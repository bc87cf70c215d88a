"""VGG (2014): 3×3 convolutions in five blocks with 2×2 max pooling, and three dense layers.

Configuration A has 11 layers of weights, A-LRN the same with normalisation, B 13, C and D 16,
E 19; the last convolutions of a block in C are 1×1.
"""

from deltarule.language import *

kind = option(
    "configuration", "D", "which of the paper's", choices=("A", "A-LRN", "B", "C", "D", "E")
)

BLOCKS = {"A": (1, 1, 2, 2, 2), "A-LRN": (1, 1, 2, 2, 2), "B": (2, 2, 2, 2, 2),
          "C": (2, 2, 3, 3, 3), "D": (2, 2, 3, 3, 3), "E": (2, 2, 4, 4, 4)}

N = size("N")
n, f, i, j, m = indices("n f i j m")


def conv(source, name, maps, window):
    s = layer(
        "conv2d", source, suffix=f"_{name}", names={"y": f"s_{name}"},
        sizes={"F": maps, "K": window, "L": window}, stride=1, dilation=1, pad=window // 2,
    )
    h = intermediate(f"conv_{name}", *s.axes)
    h[n, f, i, j] = relu(s[n, f, i, j])
    return h


h = input("x", N, 3, 224, 224)
for block, (maps, convolutions) in enumerate(zip((64, 128, 256, 512, 512), BLOCKS[kind]), 1):
    for k in range(1, convolutions + 1):
        h = conv(h, f"{block}{'abcd'[k - 1]}", maps, 1 if kind == "C" and k == 3 else 3)
        if kind == "A-LRN" and block == 1:
            h = layer("lrn", h, suffix="_n", names={"y": "lrn"}, radius=2)
    h = layer(
        "max_pool2d", h, suffix=f"_p{block}", names={"y": f"pool{block}"},
        height=2, width=2, stride=2, pad=0,
    )

h = layer("flatten", h, suffix="_f", names={"y": "flat"})
for number, units in enumerate((4096, 4096, 1000), 6):
    h = layer(
        "dense", h, suffix=str(number), sizes={"M": units},
        activation="relu" if number < 8 else "identity",
        names={"h": f"fc{number}", "y": f"fc{number}"},
    )

y = output("y", *h.axes)
y[n, m] = h[n, m]
