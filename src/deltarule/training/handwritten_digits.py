"""Handwritten digits: scikit-learn's 1797 images of 8 × 8 pixels, enlarged and moved about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from deltarule.errors import DeltaruleError


@dataclass(frozen=True)
class Labelled:
    """Images [n, row, column], from −1 for paper to 1 for ink, and the class of each."""

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def at(self, which) -> Labelled:
        """Those at some places."""
        return Labelled(self.images[which], self.labels[which])


def digits() -> Labelled:
    """The digits as scikit-learn has them. Raises DeltaruleError where it is not installed."""
    try:
        from sklearn.datasets import load_digits  # pyright: ignore
    except ImportError:
        raise DeltaruleError(
            "the digits come with scikit-learn, which is not installed",
            "deltarule train",
            "pip install scikit-learn (or '.[train]' in a checkout)",
        ) from None
    pixels, labels = load_digits(return_X_y=True)
    return Labelled(np.reshape(pixels, (-1, 8, 8)) / 8 - 1, np.asarray(labels, np.int64))


def enlarged(images: np.ndarray, height: int, width: int) -> np.ndarray:
    """Every pixel repeated; where the sizes do not divide, some once more than others."""
    rows = np.arange(height) * images.shape[1] // height
    columns = np.arange(width) * images.shape[2] // width
    return images[:, rows[:, None], columns]


def shifted(images: np.ndarray, most: int, random: Generator) -> np.ndarray:
    """Each image moved up or down and left or right by at most so many pixels; paper comes in."""
    height, width = images.shape[1:]
    wide = np.pad(images, ((0, 0), (most, most), (most, most)), constant_values=-1)
    moves = random.integers(0, 2 * most + 1, (len(images), 2))
    return np.stack(
        [image[i : i + height, j : j + width] for image, (i, j) in zip(wide, moves, strict=True)]
    )


def split(data: Labelled, held_out: int, random: Generator) -> tuple[Labelled, Labelled]:
    """What is learnt from, and what is held out, drawn at random."""
    order = random.permutation(len(data))
    return data.at(order[held_out:]), data.at(order[:held_out])
