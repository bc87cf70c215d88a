"""The grammar of slices and of new shapes, in formulas without indices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sympy import Expr, Integer

from deltarule.formulas.array_pieces import ALL, NEW, Piece, reshaped, taken_apart
from deltarule.formulas.matrix_arrays import MatrixArrays
from deltarule.formulas.matrix_readings import Readings, shape_shown
from deltarule.formulas.named_states import Place
from deltarule.formulas.tokens import Token, tokens

_WHOLE = re.compile(r"-?\d{1,4}")
_LONGEST = 16  # tokens of [0, -1, 2]
_NEW = ("None", "np.newaxis", "newaxis")


def integers_behind(rest: Sequence[Token]) -> list[str]:
    """The numbers in the brackets that begin here; none if anything else stands in them."""
    texts = [t.text for t in rest[:_LONGEST]]
    if texts[:1] != ["["] or "]" not in texts:
        return []
    numbers = "".join(texts[1 : texts.index("]")]).split(",")
    return numbers if all(map(_WHOLE.fullmatch, numbers)) else []


def takes_parts(formula: str, place: str) -> bool:
    """Whether parts of whole arrays are taken somewhere: x[1:] or x[0]."""
    found = tokens(formula, place)
    return any(t.kind == "slice" or integers_behind(found[k:]) for k, t in enumerate(found))


class Pieces(MatrixArrays):
    """The grammar of parts of whole arrays."""

    def _read(self, name: str):
        numbers = integers_behind(self.rest)
        if 0 < len(numbers) < len(self.vocabulary.tensors[name].axes):
            return self._read_at(Place(name))
        return super()._read(name)

    def _read_at(self, place: Place):
        """A tensor whole; x[0] is a part of it."""
        found, numbers = super()._read_at(place), integers_behind(self.rest)
        if not numbers:
            return found
        opening = self.rest[0].start
        while self.pop().text != "]":
            pass
        return self._sliced(found, Token("slice", f"[{','.join(numbers)}]", opening))

    def _sliced(self, value: Readings, token: Token) -> Readings:
        """h[1:], W[:, 0], x[::-1], b[None, :]."""
        pieces = [self._piece(part.strip(), token) for part in token.text[1:-1].split(",")]
        found = [m for one in value.of if (m := taken_apart(one, pieces, self._fresh)) is not None]
        if not found:
            raise self.error(
                f"{token.text} of {shape_shown(value.of[0].shape)}", "there are not so many axes"
            )
        return Readings(tuple(found))

    def _piece(self, part: str, token: Token) -> Piece | None:
        part = part.replace("−", "-").replace(" ", "")
        if part in ("...", "…"):
            return None
        if part in _NEW:
            return NEW
        if part == "::-1":
            return Piece(turned=True)
        ends = part.split(":")
        if len(ends) == 1:
            return Piece(at=self._end(part, token))
        if len(ends) == 2 or (len(ends) == 3 and ends[2] in ("", "1")):
            start, stop = (self._end(e, token) if e else None for e in ends[:2])
            return Piece(start=start, stop=stop) if (start, stop) != (None, None) else ALL
        raise self.error(
            f"{token.text} takes steps", "slices such as [1:], [:-1] and [::-1] are read"
        )

    def _end(self, typed: str, token: Token) -> Expr:
        """A number, or a size."""
        if _WHOLE.fullmatch(typed):
            return Integer(int(typed))
        symbol = self.vocabulary.symbol(typed)
        if symbol is None:
            raise self.error(
                f"{typed} in {token.text} is no number and no size",
                "write one, as in h[1:] and h[:T], or all indices and no slice",
            )
        return symbol

    # ---- another shape --------------------------------------------------------------------
    def _reshaped(self, value: Readings, name: str, within: bool = False) -> Readings:
        """x.reshape(N, -1), and np.reshape(x, (N, -1)), of which x was read."""
        if not within:
            self.expect("(")
        shape = [*self._extents()]
        self.expect(")")
        if not shape and name in ("flatten", "ravel"):
            shape = [Integer(-1)]
        found = [m for one in value.of if (m := reshaped(one, shape, self._fresh)) is not None]
        if not found or not shape:
            shapes = " to ".join(map(shape_shown, (value.of[0].shape, shape)))
            raise self.error(f"{name}( ) of {shapes}", "both must hold as many entries")
        return Readings(tuple(found))

    def _extents(self) -> Iterator[Expr]:
        """The extents of a new shape, in parentheses or not."""
        inner = self.take("(") or self.take("[")
        while self.next() not in (")", "]", None):
            yield from self._extent_ahead()
            if not self.take(","):
                break
        if inner and not (self.take(")") or self.take("]")):
            raise self.error("the shape does not end", "check the brackets")

    def _extent_ahead(self) -> Iterator[Expr]:
        if [t.kind for t in self.rest[1:2]] == ["extents"]:
            name = self.vocabulary.tensor(self.pop().text)
            if name is None:
                raise self.error("the shape of what is no quantity here", "write its sizes")
            self.pop()
            yield from self.vocabulary.tensors[name].axes
            return
        if self.take("-"):
            yield Integer(-int(self.pop().text == "1"))
            return
        (found, *_) = self.sum_of_terms().of
        if found.axes:
            raise self.error("a size belongs here", "write N, 3, x.shape[0] or -1")
        yield found.entry
