"""Links of a chain among names: ∂ŷ/∂s₂ and ∂p[n, k]/∂z[n, c]; σ, whose square is a variance."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, Rational

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.formulas import roles
from deltarule.formulas.commas import separated
from deltarule.formulas.entry_derivatives import (
    Entry,
    NotRead,
    entry_derivative,
    guarded,
    reads_directly,
)
from deltarule.formulas.function_calls import Calls
from deltarule.formulas.local_slopes import link
from deltarule.formulas.named_states import place_of
from deltarule.formulas.tokens import Token, grouped, tokens
from deltarule.spelling.counted import counted
from deltarule.spelling.names import pretty

_WRITE_IT = "write what it is, as in p[n, k]·([k = c] − p[n, c]), or the chain without indices"


class Links(Calls):
    """The grammar of derivatives that are no gradients."""

    #: Whether ∂A[i]/∂B[j] is the direct part alone, and whether that is another thing somewhere.
    direct = False
    two_derivatives = False
    #: The derivatives that were read as the direct part because the total has no formula here.
    only_direct: tuple[str, ...] = ()

    def _linked(self, token: Token) -> Expr | None:
        """∂ŷ/∂s₂ as σ′(s₂), where both have the same entries; whole arrays do it otherwise."""
        found = link(token.text, self.vocabulary)
        if found is None or not found.by_entries:
            return None
        extents = [n for _, n in found.axes]
        at = self.subscripts() if self.next() == "[" else self._implied(extents)
        if len(at) != len(extents):
            raise self.error(f"{token.text} is read with other indices than it has", "write all")
        return substitute(found.entry, dict(zip(found.order, at, strict=True)))

    def _of_entries(self, token: Token) -> Expr:
        """∂p[n, k]/∂z[n, c]: how one entry changes with one of another tensor."""
        above, below = self._parted(token)
        return self._derived(self._entry(above, token), self._entry(below, token), token)

    def _of_letters(self, token: Token) -> Expr | None:
        """∂ŷ_m/∂s_{2,m} and ∂y_k/∂z_c: the same with letters below; None for another name."""
        above, below = self._parted(token)
        of = place_of(above, self.vocabulary, self._is_known)
        if of is None or not of.at or of.shift:
            return None
        if self.rest and (self.rest[0].kind == "below" or self.next() == "["):
            self.rest.insert(0, Token("name", below, token.start))
            wrt = self._entry_ahead(token)
        else:
            place = place_of(below, self.vocabulary, self._is_known)
            if place is None or place.shift:
                return None
            wrt = self._entry_of(place.name, place.at, token)
        return self._derived(self._entry_of(of.name, of.at, token), wrt, token)

    def _derived(self, of: Entry, wrt: Entry, token: Token) -> Expr:
        derivatives: dict[bool, Expr] = {}
        why = ""
        for direct in (False, True):
            directly = reads_directly(self.vocabulary.network, of.name, wrt.name)
            if direct and derivatives and not directly:
                continue
            try:
                derivatives[direct] = entry_derivative(self.vocabulary, of, wrt, direct)
            except NotRead as reason:
                why = why or str(reason)
        if not derivatives:
            raise self._no_derivative(token, why)
        if len(derivatives) == 2 and derivatives[True] != derivatives[False]:
            self.two_derivatives = True
        if False not in derivatives:
            self.only_direct = (*self.only_direct, token.text)
        found = derivatives.get(self.direct, next(iter(derivatives.values())))
        return guarded(found, (of, wrt), self.vocabulary)

    def _parted(self, token: Token) -> tuple[str, str]:
        """What stands above and below the line, without ∂."""
        above, _, below = token.text.partition("/")
        return above.strip()[1:], below.strip()[1:]

    def _entry(self, typed: str, token: Token) -> Entry:
        """A tensor with all its subscripts. Raises DeltaruleError for no tensor."""
        behind, self.rest = self.rest, separated(grouped(tokens(typed, self.place)))
        try:
            return self._entry_ahead(token)
        finally:
            self.rest = behind

    def _entry_ahead(self, token: Token) -> Entry:
        """The tensor and the subscripts that stand next."""
        name = self._joined(self.pop())
        tensor = self.vocabulary.tensor(name.text)
        if tensor is None:
            raise self._no_derivative(token, f"{name.text} is no quantity here")
        begins = self.rest[0].kind if self.rest else ""
        at = self._below() if begins == "below" else self.subscripts() if self.rest else []
        return self._entry_of(tensor, at, token)

    def _entry_of(self, tensor: str, at: Sequence[Expr], token: Token) -> Entry:
        axes = self.vocabulary.tensors[tensor].axes
        letters = at[0].name if len(at) == 1 and isinstance(at[0], Index) else ""
        if len(letters) == len(axes):  # z_{nc}, whatever the letters
            at = [Index(letter) for letter in letters]
        if len(at) != len(axes):
            raise self.error(
                f"{shortened(token.text)} has {counted(len(at), 'index')} at {pretty(tensor)}, "
                f"which has {counted(len(axes), 'axis')}",
                "write one index for each axis, as in ∂p[n, k]/∂z[n, c]",
            )
        return Entry(tensor, tuple(at))

    def _no_derivative(self, token: Token, why: str) -> DeltaruleError:
        return self.error(f"{shortened(token.text)} is not read: {why}", _WRITE_IT)

    def _deviation(self, token: Token) -> Expr | None:
        """σ, the root of the variance, whose square is written σ²; and ∂L/∂σ²."""
        before, over, name = token.text.rpartition("/")
        head, bar, subs = name.lstrip("d∂" if over else "").partition("_")
        if head not in roles.DEVIATION or self.vocabulary.tensor("variance") is None:
            return None
        plain = Token(
            token.kind, f"{before}{over}{'d' * bool(over)}variance{bar}{subs}", token.start
        )
        if not over:
            return self._raised(self._named(plain), Rational(1, 2))
        square = self.rest[0].text if self.rest else ""
        return self._named(plain) if square == "²" and self.pop() else None

    # ---- of the grammar below -------------------------------------------------------------
    def _named(self, token: Token) -> Expr:
        raise NotImplementedError

    def _joined(self, token: Token) -> Token:
        raise NotImplementedError

    def _below(self) -> list[Expr]:
        raise NotImplementedError

    def _is_known(self, letter: str) -> bool:
        raise NotImplementedError

    def _implied(self, axes: Sequence[Expr]) -> list[Expr]:
        raise NotImplementedError
