"""The Keras network of the lecture: 28×28 → 25 maps → pooling → 50 maps → pooling → 100 → 10."""

from deltarule.language import *

units = option("units", 100, "units of the dense layer in the middle", at_least=1)

N = size("N")

h = input("x", N, 1, 28, 28)
for number, maps in ((1, 25), (2, 50)):
    h = layer(
        "conv2d", h, suffix=str(number), names={"y": f"conv{number}"},
        sizes={"F": maps, "K": 3, "L": 3}, stride=1, dilation=1, pad=0,
    )
    h = layer(
        "max_pool2d", h, suffix=f"_p{number}", names={"y": f"pool{number}"},
        height=2, width=2, stride=2, pad=0,
    )

h = layer("flatten", h, suffix="_f", names={"y": "flat"})
h = layer(
    "dense", h, suffix="3", sizes={"M": units}, activation="relu", names={"h": "fc3"}
)
layer("dense", h, suffix="4", sizes={"M": 10}, names={"y": "y"}, last=True)
