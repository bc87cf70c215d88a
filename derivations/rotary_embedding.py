"""Rotary position embedding (Su et al. 2021): pairs (2r, 2r + 1) are turned by an angle t·θ^(−r/R).
"""

from deltarule.language import *

aliases("rope", "rotary_position_embedding")

T, R = sizes("T R")
t, r = indices("t r")
theta = scalar("theta", 10000, within="(0, oo)")

x, y = input("x", T, 2 * R), output("y", T, 2 * R)

angle = t * theta ** (-r / R)
y[t, 2*r] = x[t, 2*r] * cos(angle) - x[t, 2*r + 1] * sin(angle)
y[t, 2*r + 1] = x[t, 2*r] * sin(angle) + x[t, 2*r + 1] * cos(angle)
