"""Dice loss of a segmentation: 1 − (2 Σ p t + ε)/(Σ p + Σ t + ε)."""

from deltarule.language import *

aliases("dice", "soft_dice")

N = size("N")
n = index("n")
epsilon = scalar("epsilon", 1, within="[0, oo)")

p, t = input("p", N, within="[0, 1]"), target("t", N, within="[0, 1]")
a, b = intermediate("a"), intermediate("b")

a[()] = 2 * Sum[n](p[n] * t[n]) + epsilon
b[()] = Sum[n](p[n]) + Sum[n](t[n]) + epsilon
L = loss("L", 1 - a / b)
