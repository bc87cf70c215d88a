"""PPO's clipped objective (Schulman et al. 2017): −mean min(r A, clip(r, 1 − ε, 1 + ε) A).

Written as in Achiam's Spinning Up: the clipped advantage is (1 + ε) A where A > 0, else (1 − ε) A.
"""

from deltarule.language import *

aliases("ppo")

N = size("N")
n = index("n")
epsilon = scalar("epsilon", 0.2, within="(0, 1)")

s, b, A = input("s", N), target("b", N), target("A", N)
r = intermediate("r", N)

r[n] = exp(s[n] - b[n])
most = where(A[n] > 0, (1 + epsilon) * A[n], (1 - epsilon) * A[n])
L = loss("L", -Mean[n](min(r[n] * A[n], most)))
