"""The pieces of a network's lines that became lines of their own, and what they are called."""

from __future__ import annotations

from dataclasses import dataclass, field

from deltarule.expressions.nodes import Selection
from deltarule.language.alike_pieces import Reading
from deltarule.language.piece_words import LETTERS
from deltarule.language.predicted_lengths import long_sums
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor

#: Roles of what no gradient is taken by.
_FIXED = ("target",)


@dataclass
class PiecesMade:
    """The pieces of a network: `made` are their tensors, each before the one that it is for."""

    network: Network
    made: dict[str, tuple[Tensor, str]] = field(default_factory=dict)
    #: Each piece by what it is, with the places among its indices of those of the tensor.
    known: dict[tuple, Reading] = field(default_factory=dict)
    #: Of which tensor each mean is that got a name.
    means: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        tensors = self.network.tensors.values()
        self.moving = {t.name for t in tensors if t.role not in _FIXED and not t.integral}
        equations = self.network.equations
        self.selected = {e.name for e in equations if isinstance(e.rhs, Selection)}
        self.opened = long_sums(self.network)

    def tensors(self) -> dict[str, Tensor]:
        """All tensors, in the order in which a reader meets them."""
        found = {}
        for name, tensor in self.network.tensors.items():
            found |= {t.name: t for t, reader in self.made.values() if reader == name}
            found[name] = tensor
        return found

    def name(self, word: str, of: str) -> str:
        """A name that no tensor has: den_y of "den", or the next of them."""
        taken = {*self.network.tensors, *self.made}
        if word in LETTERS:
            stems = {name.partition("_")[0] for name in self.network.tensors}
            word = next((s for s in LETTERS[word] if s not in stems), word)
        numbered = (f"{word}_{of}{k}" for k in range(2, len(taken) + 3))
        return next(n for n in (f"{word}_{of}", *numbered) if n not in taken)
