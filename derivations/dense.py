"""Dense (fully connected) layer: weighted sums of all inputs, a bias, and an activation.

Every output unit m adds up the inputs d, each times its own weight, and its bias.
With a batch, every row n is worked on alike.
"""

from deltarule.language import *

aliases("fully_connected", "linear", "fc")

batch = option("batch", True, "several examples at once, one a row")
bias = option("bias", True, "add a bias to every unit")
orientation = option(
    "orientation", "xW", "how weights lie: xW and ThetaTx (inputs × units), Wx (units × inputs)",
    choices=("xW", "ThetaTx", "Wx"),
)
phi = activation("activation", "identity", "what is applied to every weighted sum")

N, D, M = sizes("N D M")
n, d, m = indices("n d m")
rows, row = ([N], [n]) if batch else ([], [])

x = input("x", *rows, D)
by_unit = orientation == "Wx"
W = parameter("W", M, D) if by_unit else parameter("W", D, M)
b = parameter("b", M) if bias else None
s = output("y", *rows, M) if phi is identity else intermediate("s", *rows, M)

weighted = Sum[d](W[m, d] * x[*row, d]) if by_unit else Sum[d](x[*row, d] * W[d, m])
s[*row, m] = weighted + b[m] if bias else weighted

if phi is not identity:
    h = output("h", *rows, M)
    h[*row, m] = phi(s[*row, m])
