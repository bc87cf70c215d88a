"""What names in a formula stand for: tensors, sizes and constants, and where they are read."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, Integer, pi

from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.expressions import nodes
from deltarule.expressions.nodes import free_indices, tensor_name
from deltarule.expressions.symbols import Index
from deltarule.formulas import roles
from deltarule.formulas.index_names import index_of
from deltarule.formulas.links import Links
from deltarule.formulas.named_states import Place, place_of, time_extent
from deltarule.formulas.spelled import known_functions
from deltarule.formulas.tokens import Token
from deltarule.spelling.counted import counted
from deltarule.spelling.names import pretty
from deltarule.spelling.text import text as spelled

#: So many names are said of quantities that somebody may have meant.
_MOST_NAMED = 20
#: The number π, where no quantity is called so.
_PI = ("π", "pi", "Pi")
_WRITE_OUT = "write out what it is, with exp, log, sqrt, abs, tanh, max, min, where and sums"


class Named(Links):
    """The grammar of names, and of the subscripts behind them."""

    def _named(self, token: Token) -> Expr:
        known = self.vocabulary
        if token.kind == "entries":
            return self._of_entries(token)
        if token.text[0] == "_":
            raise self.error(f"{token.text} stands at no name", "write it at one, as in σ_B^2, h_t")
        if token.text == "log" and self.next() == "det":
            self.pop()
            return self._log_det()
        called = self._called(token) if token.kind in ("name", "call") else None
        if called is not None:
            return called
        token = self._joined(token)
        symbol = known.symbol(token.text) if self.next() != "[" else None
        name = known.tensor(token.text)
        index = name is not None and self._is_index(token.text, name)
        if name is not None and not index:
            return self._read(name)
        if symbol is not None:
            return self._constant(symbol)
        if token.text in _PI and token.kind != "derivative":
            return self._constant(pi)
        place = None if index else self._place(token)
        if place is not None:
            shape = self.rest and self.rest[0].kind == "shape"
            axes = known.tensors[place.name].axes
            return self._constant(self._extent_of(axes)) if shape else self._read_at(place)
        if token.kind != "derivative" and (self.counts or self.is_number_here(token.text)):
            return index_of(token.text)
        found = self._linked(token) if token.kind == "derivative" else None
        if found is None and token.kind == "derivative":
            found = self._of_letters(token)
        if found is not None:
            return found
        deviation = self._deviation(token)
        if deviation is not None:
            return deviation
        raise self.error(f"{token.text} is no quantity here", self._remedy(token.text))

    def _remedy(self, text: str) -> str:
        """What helps who typed a name that means nothing here."""
        known = self.vocabulary
        function = text in known_functions() or known.function(text) is not None
        if function and self.next() != "(":
            return f"parentheses belong around what it is of: {text}(s)"
        near = did_you_mean(text, [*known.tensors, *known.symbols])
        if text == "e":
            return "Euler's number stands in powers, as in e^(-s)" + (f"; {near}" if near else "")
        if self.next() == "(":
            functions = known_functions()
            every = _WRITE_OUT if self.in_layer else f"functions are {', '.join(functions)}"
            return did_you_mean(text, functions) or near or every
        names = f"the quantities here are {', '.join(self._plain_names())}"
        return near or f'{names}; a sheet may declare other names, as [names] W2 = "Theta2"'

    def _plain_names(self) -> list[str]:
        """The tensors and constants, without gradients; so many as can be said."""
        network = self.vocabulary.network
        names = [t for t in network.tensors if "/" not in t and "_chosen" not in t]
        names = [pretty(n) for n in (*names, *(s.name for s in network.scalars))]
        return [*names[:_MOST_NAMED], "…"] if len(names) > _MOST_NAMED else names

    # ---- tensors --------------------------------------------------------------------------
    def _is_index(self, text: str, name: str) -> bool:
        """Whether a name that a tensor has too is that of an index, or of a size, here."""
        axes = self.vocabulary.tensors[name].axes
        if not self.counts or not axes or self.next() == "[":
            return False
        own = text in [i.name for i, _ in self.implied] or text in self.vocabulary.symbols
        return self.halves or own or not self._implied(axes)

    def _read(self, name: str) -> Expr:
        axes = self.vocabulary.tensors[name].axes
        if self.rest and self.rest[0].kind == "shape":
            return self._constant(self._extent_of(axes))
        if self.rest and self.rest[0].kind == "below":
            return self._read_at(Place(name, tuple(self._below())))
        if self.next() == "[":
            found = self.subscripts()
        else:
            found = self._implied(axes)
        if len(found) != len(axes):
            raise self.error(
                f"{name} has {counted(len(axes), 'axis')} but is read with {len(found)}",
                f"write one index for each axis, such as {self._with_indices(name)}",
            )
        return self.vocabulary.reading(name, found)

    def _with_indices(self, name: str) -> str:
        """A tensor with its indices, as its equation or those that read it have them."""
        for equation in self.vocabulary.equations:
            reads_of = [equation.lhs, *nodes.reads(equation.rhs)]
            for access in reads_of:
                plain = isinstance(access, nodes.Read) and tensor_name(access) == name
                if plain and all(isinstance(i, Index) for i in access.indices):
                    return spelled(access)
        return "Theta2[d, m]"

    def _implied(self, axes: Sequence[Expr]) -> list[Expr]:
        """The implied index of each axis; none where one is missing or two would do.

        In a sum without a range, axes of which nothing is said have an index of their own.
        """
        found: list[list[Expr]] = []
        for axis in axes:
            of: list[Expr] = [i for i, n in (*self.implied, *self.runs) if n == axis]
            if not of and self.fresh is not None:
                of = [self.fresh.setdefault(axis, Index(f"{axis}′′"))]
            found.append(list(dict.fromkeys(of)))
        plain = [f[0] for f in found if len(f) == 1]
        return plain if len(plain) == len(axes) == len(set(plain)) else []

    # ---- some of the subscripts -----------------------------------------------------------
    def _joined(self, token: Token) -> Token:
        """W_{hh} as W_hh, and P_{p,t} as P_p at t, where there is such a name."""
        if not self.rest or self.rest[0].kind != "below":
            return token
        label = [t.text for t in self.rest[2:4]]
        if label[1:] == [","] and self.vocabulary.tensor(f"{token.text}_{label[0]}"):
            del self.rest[2:4]
            return Token(token.kind, f"{token.text}_{label[0]}", token.start)
        inside: list[str] = []
        for piece in self.rest[2:]:
            if piece.text == "}" or piece.kind not in ("name", "number"):
                break
            inside.append(piece.text)
        end = self.rest[2 + len(inside) : 3 + len(inside)]
        whole = f"{token.text}_{''.join(inside)}"
        known = self.vocabulary.tensor(whole) or self.vocabulary.symbol(whole)
        known = known or token.text in roles.DEVIATION
        if not inside or not end or end[0].text != "}" or not known:
            return token
        del self.rest[: 3 + len(inside)]
        return Token(token.kind, whole, token.start)

    def _below(self) -> list[Expr]:
        """The subscripts of h_{t-1}, w_{ij} and x_{n,d}."""
        self.pop()
        self.expect("{")
        found: list[Expr] = []
        while True:
            name = self.rest[0].text if self.rest else ""
            several = len(name) > 1 and name.isalpha() and not self._is_known(name)
            if several and all(map(self._is_known, name)):
                self.pop()
                found += map(Index, name)
            else:
                found.append(self.counting(self.sum_of_terms, halves=True))
            if not self.take(","):
                break
        self.expect("}")
        return found

    def _is_known(self, letter: str) -> bool:
        """Whether a letter is an index here."""
        index = index_of(letter)
        own = [i for i, _ in self.implied]
        return index in (*own, *self.bound) or self.vocabulary.extent(index) is not None

    def _place(self, token: Token) -> Place | None:
        if token.kind not in ("name", "derivative") or len(token.text) > 60:
            return None
        place = place_of(token.text, self.vocabulary, self._is_known)
        if place is not None:
            self._refuse_minus(token, place)
            if self.rest and self.rest[0].kind == "below" and not place.at:
                return Place(place.name, tuple(self._below()), place.shift)
        return place

    def _refuse_minus(self, token: Token, place: Place) -> None:
        """h_t-1 is h at the time before, or else one less than h_t."""
        end = token.start + len(token.text)
        close = self.formula[end : end + 2] in ("-1", "−1", "+1")
        behind = self.formula[end + 2 : end + 3]
        if close and place.at and not behind.isalnum() and time_extent(self.vocabulary):
            name = token.text.rpartition("_")[0]
            raise self.error(
                f"{self.formula[token.start : end + 2]} can be read in two ways",
                f"write {name}_{{t-1}} or {name}_prev for the state before; {token.text} - 1",
            )

    def _read_at(self, place: Place) -> Expr:
        """A tensor of which some subscripts are written, or that is read at another time."""
        axes = self.vocabulary.tensors[place.name].axes
        if self.next() == "[" and not place.at and not place.shift:
            return self._read(place.name)
        at = list(place.at)
        if len(at) != len(axes):
            at = self._filled(place, axes)
        at = self._shifted(at, axes, place.shift)
        return self.vocabulary.reading(place.name, at, guarded=_beyond(place))

    def _filled(self, place: Place, axes: Sequence[Expr]) -> list[Expr]:
        """Each axis with its subscript, as written or else implied."""
        left: list[Expr | None] = [None] * len(axes)
        for at in place.at:
            of = [i for i in free_indices(at) if isinstance(i, Index)]
            extent = self._runs_to(of[0]) if len(of) == 1 else None
            free = [k for k, n in enumerate(axes) if left[k] is None and n == extent]
            if not free:
                raise self._of_no_axis(place, at)
            left[free[0]] = at
        open_axes = [n for k, n in enumerate(axes) if left[k] is None]
        implied = self._implied(open_axes)
        if len(implied) != len(open_axes):
            raise self._of_no_axis(place, None)
        rest = iter(implied)
        return [next(rest) if at is None else at for at in left]

    def _runs_to(self, index: Index) -> Expr | None:
        known = dict((*self.implied, *self.runs))
        return known.get(index) or self.vocabulary.extent(index)

    def _of_no_axis(self, place: Place, at: Expr | None) -> DeltaruleError:
        axes = counted(len(self.vocabulary.tensors[place.name].axes), "axis")
        fact = f"{place.name} has {axes}, and it is not clear which index belongs to which"
        if at is not None:
            fact = f"{place.name} has {axes}, and {at} belongs to none of them"
        return self.error(fact, "write one index for each axis, such as Theta2[d, m]")

    def _shifted(self, at: list[Expr], axes: Sequence[Expr], shift: int) -> list[Expr]:
        if not shift:
            return at
        times = time_extent(self.vocabulary)
        along = [k for k, n in enumerate(axes) if n == times]
        if len(along) != 1:
            raise self.error("what has no times has no time before", "write all indices")
        return [a + shift if k == along[0] else a for k, a in enumerate(at)]

    def _extent_of(self, axes: Sequence[Expr]) -> Expr:
        """x.shape[0]."""
        number = int(self.pop().text.partition("[")[2].strip(" ]"))
        if not -len(axes) <= number < len(axes):
            raise self.error(
                f"there is no axis {number}", f"it has {counted(len(axes), 'axis')}, from 0"
            )
        return axes[number]


def _beyond(place: Place) -> bool:
    """Whether a tensor is read at a later time, of which there is none at the end."""
    return place.shift > 0 or any(
        isinstance(a, Expr) and (a.as_coeff_Add()[0] or Integer(0)) > 0 for a in place.at
    )
