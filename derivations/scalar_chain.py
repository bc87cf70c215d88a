"""Chain of single units: ŷ = σ(θ_k·σ(… σ(θ₂·σ(θ₁·x)))), one weight and one unit a layer."""

from deltarule.language import *

layers = option("layers", 3, "number of weights", at_least=1, at_most=100)
phi = activation("activation", "sigmoid", "of every unit")
error = option(
    "loss", "none", "none: ∂L/∂ŷ comes from outside", choices=("none", "half_squared")
)

h = input("x")
for k in range(1, layers + 1):
    theta = parameter(f"theta{k}")
    s = intermediate(f"s{k}")
    s[()] = theta * h
    h = output("yhat") if k == layers else intermediate(f"h{k}")
    h[()] = phi(s)

if error == "half_squared":
    y = target("y")
    E = loss("E", square(y - h) / 2)
