"""A line of a text where the language asks for a line of a file: its place, and its remedies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from deltarule.errors import DeltaruleError
from deltarule.networks.tensors import Tensor


@dataclass(frozen=True)
class TextLine:
    """Where an equation stands, and the tensors that are known there."""

    where: str
    tensors: dict[str, Tensor]

    def place(self) -> str:
        """The equation, as errors show it."""
        return self.where


@contextmanager
def in_words_of_texts() -> Iterator[None]:
    """What is read beyond an edge is said with what a text can do about it; it declares nothing."""
    try:
        yield
    except DeltaruleError as error:
        remedy = error.remedy or ""
        if remedy.startswith("declare it: "):
            remedy = (
                "let time run the other way, h[t-1], whose first one is h0; or write a derivation "
                f"file, where you {remedy}"
            )
        elif "outside=" in remedy:
            remedy = (
                "shift the reads so that one is at the index alone, as x[n]·w[n-2], or write a "
                f"derivation file, where you {remedy}"
            )
        raise DeltaruleError(error.fact, error.place, remedy) from None


@contextmanager
def as_typed(text: str) -> Iterator[None]:
    """Places count the characters of what was typed, not of what was made of it."""
    try:
        yield
    except DeltaruleError as error:
        at = re.fullmatch(r"(?s)(.*), character \d+ of '(.*)'", str(error.place))
        if at is None or at[2].strip("…") in text:
            raise
        raise DeltaruleError(error.fact, at[1], error.remedy) from None
