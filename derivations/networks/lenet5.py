"""LeNet-5 (1998): 32 × 32 pixels; 6 and 16 maps, each averaged; then 120, 84 and 10 units.

Every map of the second convolution sees all six before it (the paper connects chosen ones), and
the averages have no weights: 61,706 parameters.
"""

from deltarule.language import *

N = size("N")
n, f, i, j = indices("n f i j")

h = input("x", N, 1, 32, 32)
for number, maps in ((1, 6), (2, 16)):
    s = layer(
        "conv2d", h, suffix=str(number), names={"y": f"s{number}"},
        sizes={"F": maps, "K": 5, "L": 5}, stride=1, dilation=1, pad=0,
    )
    a = intermediate(f"conv{number}", *s.axes)
    a[n, f, i, j] = tanh(s[n, f, i, j])
    h = layer(
        "avg_pool2d", a, suffix=f"_p{number}", names={"y": f"pool{number}"},
        height=2, width=2, stride=2, pad=0,
    )

h = layer("flatten", h, suffix="_f", names={"y": "flat"})
for number, units in enumerate((120, 84, 10), 3):
    h = layer(
        "dense", h, suffix=str(number), sizes={"M": units}, last=number == 5,
        activation="tanh" if number < 5 else "identity",
        names={"h": f"fc{number}", "y": f"fc{number}"},
    )
