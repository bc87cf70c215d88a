"""Made-up digits and a small network that learns them, where no data set is installed."""

import numpy as np

from deltarule.training.handwritten_digits import Labelled

#: A derivation of two dense layers.
SMALL = '''"""Two dense layers on an image of K × K pixels."""

from deltarule.language import *

N, K = sizes("N K")
n, i, j = indices("n i j")
x = input("x", N, K, K)
flat = intermediate("flat", N, K*K)
flat[n, K*i + j] = x[n, i, j]
h = layer("dense", flat, suffix="1", sizes={"M": 16}, activation="tanh", names={"h": "h"})
layer("dense", h, suffix="2", sizes={"M": 10}, last=True)
'''


def made_digits() -> Labelled:
    """Ten blots of 8 × 8 pixels, each some thirty times with other noise."""
    random = np.random.default_rng(5)
    blots = random.choice([-1.0, 1.0], (10, 8, 8), p=[0.6, 0.4])
    labels = np.arange(300) % 10
    noise = random.normal(0, 0.4, (300, 8, 8))
    return Labelled(np.clip(blots[labels] + noise, -1, 1), labels)
