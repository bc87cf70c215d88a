"""What a name in somebody's function means in a derivation: a tensor, a gradient, or a number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from deltarule.arithmetic.small_sizes import free_sizes
from deltarule.calculus import Derivation
from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.submissions.axes_layout import layout
from deltarule.submissions.course_conventions import Place, Value

#: What else the only upstream gradient is called, and the only output.
_UPSTREAM = ("dout", "upstream", "upstreamgradient", "gradoutput", "gradout", "grad")
_OUTPUT = ("out", "output", "result", "loss")
#: How numbers are shortened, or written longer.
_OTHERWISE = {"eps": "epsilon", "padding": "pad", "strides": "stride"}
#: What a name means: a value of the task, or the name of a number of the network.
Meaning = Value | str


class DerivationNames:
    """The names of a derivation, as people write them."""

    def __init__(self, derivation: Derivation):
        self.derivation, self.network = derivation, derivation.network
        self.upstream = list(derivation.upstream)
        roles = ("output", "loss")
        self.outputs = [t.name for t in self.network.tensors.values() if t.role in roles]

    @cached_property
    def numbers(self) -> dict[str, str]:
        """Sizes, attributes and scalars by their names, and by those of their options."""
        network = self.network
        own = [s.name for s in (*network.definitions, *free_sizes(network), *network.scalars)]
        words = {o.help.partition(":")[0]: o.name for o in network.options.values()}
        return {**{words[n]: n for n in own if n in words}, **{n: n for n in own}}

    def meaning(self, name: str) -> Meaning | None:
        """What a name means; None for nothing. Raises DeltaruleError for one of two meanings."""
        if name in self.network.tensors:
            return Value(name, (Place(name),))
        found: dict[str, Meaning] = {}
        for words, place in self._places():
            if _plain(name) == _plain(words):
                found[_said(place)] = Value(name, (place,))
        number = self._number(name)
        if number is not None:
            found[f"the number {number}"] = number
        if len(found) > 1:
            raise DeltaruleError(
                f"{name} may mean {' or '.join(found)}",
                "matching names",
                f"say which: --map {name}=…",
            )
        return next(iter(found.values()), None)

    def mapped(self, name: str, said: str) -> Meaning | float:
        """What is said that a name means: `dy`, `gradient y`, `S`, `stride`, `1e-5`, `'train'`, or
        with a layout, `x: n d -> d n`. Raises DeltaruleError for what means nothing."""
        words, colon, pattern = (part.strip() for part in said.partition(":"))
        if (number := _as_number(words)) is not None:
            return number
        if len(words) > 1 and words[0] == words[-1] == "'":
            return words
        slope = words.removeprefix("gradient ").strip()
        if slope != words and slope in self.network.tensors:
            found: Meaning | None = Value(name, (Place(slope, True),))
        else:
            found = words if words in self.numbers.values() else self.meaning(words)
        if found is None:
            raise self.unknown(words, f"--map {name}={said}")
        if isinstance(found, str):
            return found
        (place,) = found.parts
        laid = layout(pattern, f"--map {name}={said}") if colon else None
        return Value(name, (Place(place.tensor, place.gradient, laid),))

    def unknown(self, name: str, place: str, remedy: str = "") -> DeltaruleError:
        """The error for a name that means nothing."""
        known = [*self.network.tensors, *self.numbers, *(f"d{t}" for t in self._slopes())]
        near = did_you_mean(name, known)
        return DeltaruleError(
            f"{name} means nothing in {self.network.name}",
            place,
            " ".join(filter(None, (remedy, near or f"it has {', '.join(known)}"))),
        )

    def output(self, name: str) -> Value | None:
        """The only output, where a returned value is called so."""
        if len(self.outputs) == 1 and _plain(name) in (*_OUTPUT, _plain(self.outputs[0])):
            return Value(name, (Place(self.outputs[0]),))
        return None

    def _slopes(self) -> Iterator[str]:
        yield from dict.fromkeys((*self.upstream, *self.derivation.gradients))

    def _places(self) -> Iterator[tuple[str, Place]]:
        """Names, and what each stands for."""
        for tensor in self.network.tensors:
            yield tensor, Place(tensor)
        of = {self.derivation.of, "L", "E"}
        for tensor in self._slopes():
            place = Place(tensor, True)
            spellings = ["d{}", "grad_{}", "{}_grad", "∂{}", *(f"d{o}/d{{}}" for o in of)]
            yield from ((words.format(tensor), place) for words in spellings)
        if len(self.upstream) == 1:
            yield from ((words, Place(self.upstream[0], True)) for words in _UPSTREAM)

    def _number(self, name: str) -> str | None:
        words = _OTHERWISE.get(name, name)
        return self.numbers.get(words) or next(
            (n for w, n in self.numbers.items() if len(w) > 1 and _plain(w) == _plain(words)), None
        )


def meanings_said(names: Mapping[str, Meaning | float]) -> str:
    """`dout is the gradient by y, stride is S`: those that are not what they are called."""
    said = {
        name: _said(m.parts[0]) if isinstance(m, Value) else f"{m}" for name, m in names.items()
    }
    return ", ".join(f"{n} is {words}" for n, words in said.items() if words != n)


def _said(place: Place) -> str:
    return f"the gradient by {place.tensor}" if place.gradient else place.tensor


def _plain(name: str) -> str:
    """A name without what people write in several ways."""
    return name.lower().replace("_", "").replace("/", "")


def _as_number(words: str) -> float | int | None:
    try:
        return int(words)
    except ValueError:
        pass
    try:
        return float(words) if any(c.isdigit() for c in words) else None
    except ValueError:
        return None
