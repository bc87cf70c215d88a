"""Dense network with any number of layers: ŷ = φ(Θ_kᵀ φ(Θ_{k−1}ᵀ … φ(Θ₁ᵀ x))), and its error.

Layer k computes s_k = Θ_kᵀ h_{k−1} (+ b_k) and h_k = φ(s_k); h_0 is the input x and the last
h is the output ŷ, which the loss compares with the target y. A loss that takes logits z, such as
softmax_cross_entropy, gets the last weighted sums as they are.
"""

from deltarule.language import *

aliases("dnn", "feedforward")

layers = option("layers", 2, "number of weight matrices", at_least=1, at_most=100)
batch = option("batch", True, "several examples at once, one a row")
bias = option("bias", False, "add a bias to every unit")
hidden = option("activation", "sigmoid", "of the hidden layers", choices=ACTIVATIONS)
orientation = option("orientation", "ThetaTx", "how the weights lie: ThetaTx and xW, or Wx")
error = option("loss", "half_squared", "what is compared at the end")
mean = option("mean", False, "divide the loss by the number of examples")

result, *_ = takes(error)
usual = "identity" if result == "z" else hidden
last = option("output_activation", usual, "of the last layer", choices=ACTIVATIONS)

N = size("N")
H = [size("D"), *(size(f"H{k}") for k in range(1, layers)), size("M")]
rows = [N] if batch else []

h = input("x", *rows, H[0])
for k in range(1, layers + 1):
    name = result if k == layers else f"h{k}"
    h = layer(
        "dense", h, suffix=str(k), sizes={"M": H[k]},
        names={"W": f"Theta{k}", "h": name, "y": name},
        batch=batch, bias=bias, orientation=orientation,
        activation=last if k == layers else hidden,
    )

layer(error, h, batch=batch, **({"mean": True} if mean else {}))
