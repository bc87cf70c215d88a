"""Phrases as a sentence: `xᵀ · ∂E/∂s  (outer products, summed over the batch n)`."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Integer

from deltarule.expressions.nodes import Read, free_indices
from deltarule.expressions.symbols import Index
from deltarule.matrix_form import tree as ph
from deltarule.matrix_form.formula import PhraseWriter
from deltarule.matrix_form.match_products import scaled
from deltarule.matrix_form.moved_entries import Placed, Scattered, Weighted
from deltarule.matrix_form.place_writer import PlaceWriter
from deltarule.matrix_form.places_said import block_of, has_another_shape, slice_of, weighted_text
from deltarule.matrix_form.softmaxes import Softmax
from deltarule.matrix_form.tree import Phrase
from deltarule.spelling.counted import joined
from deltarule.spelling.text import PRODUCT, SUM

#: What a sentence begins with that has an article behind plus and minus.
_NOUNS = {"sum", "slice", "entries", "valid", "full", "transposed", "cross-correlation"}


class Speech(PhraseWriter):
    """Says a phrase: its formula, what its signs stand for, and what is summed over."""

    def sentence(self, phrase: Phrase, indices: Iterable[Index] = ()) -> str:
        """The phrase, what its signs stand for, what is summed over, and what it is the same for.

        `indices` are those of the result; a phrase that lacks one is the same along it.
        """
        same = [i for i in indices if i not in phrase.labels]
        every: tuple = ()
        if isinstance(phrase, ph.ForEvery):
            every, phrase = phrase.slices, phrase.of
        sentences = [self._headline(phrase), *self._slopes(phrase)]
        sentence = ", ".join(sentences)
        if every:
            sentence += f", for every {self._names(every)}"
        notes = self._notes(phrase)
        if same:
            notes.append(f"the same for every {self._names(same)}")
        return f"{sentence}  ({'; '.join(dict.fromkeys(notes))})" if notes else sentence

    def only_blocks(self, blocks: Iterable[Index]) -> str:
        """That a matrix is 0 outside of its blocks."""
        names = [self._axes.bare(i).name for i in blocks]
        return f"; 0 between different {joined(names)}" if names else ""

    def _headline(self, phrase: Phrase) -> str:
        """Sums and outer products that are the whole phrase are said in words."""
        factor, core = (
            (phrase.factor, phrase.of) if isinstance(phrase, ph.Scaled) else (Integer(1), phrase)
        )
        if isinstance(core, ph.Plus) and any(_in_words(t) for t in core.terms) and factor == 1:
            return self._one_by_one(core.terms)
        if isinstance(core, Weighted) and factor == -1:
            return f"minus the {self(core)}" if core.over else f"minus {self(core)}"
        if isinstance(core, ph.Outer) and factor in (1, -1):
            minus = "" if factor == 1 else "minus the "
            return f"{minus}outer product of {joined([self(f) for f in core.factors])}"
        if isinstance(core, ph.Convolution) and isinstance(core.kernel, ph.Ones) and factor != 1:
            return f"{self(core)}, {self._writer(factor)} of it to each"
        if isinstance(core, Placed) and factor == 1:
            return self._moved(core)
        if isinstance(core, ph.SumOver) and isinstance(core.of, Placed):
            block = block_of(core, self._axes.extents, self._writer)
            what = self._writer.name(core.of.name)
            said = f"sum of {what} over each block of {block} entries: " if block else "sum of "
            return ("" if factor == 1 else f"{self._writer(factor)} times the ") + (
                f"{said}{self(core.of)} over {self._axes.named(core.over)}"
            )
        if isinstance(core, ph.SumOver):
            kind, factor = self._mean_or_sum(core, factor)
            over = self._axes.named(core.over, core.of.labels)
            body = f"{kind} of {self(core.of)} over {over}"
            times = "minus" if factor == -1 else f"{self._writer(factor)} times"
            return body if factor == 1 else f"{times} the {body}"
        return self(phrase)

    def _one_by_one(self, terms: Iterable[Phrase]) -> str:
        """`∂L/∂y ⊙ D, plus the sum of …, minus …`."""
        text = ""
        for term in terms:
            sign, core = False, term
            if isinstance(term, ph.Scaled) and term.factor.could_extract_minus_sign():
                sign, core = True, scaled(-term.factor, term.of)
            joint = (", minus " if sign else ", plus ") if text else ("minus " if sign else "")
            said = self._headline(core)
            text += joint + ("the " if joint and said.split()[0] in _NOUNS else "") + said
        return text

    def _moved(self, p: Placed) -> str:
        """A slice, another shape, or another order."""
        extents, name = self._axes.extents, self._writer.name(p.name)
        if any(place.has(Read) for place in p.places):
            entry = self._writer.access(name, [self._writer(place) for place in p.places])
            return f"entries of {name} from where the values were put: {entry}"
        if len(p.whole) == len(p.places):
            return (
                f"{name} with its axes exchanged: {name}[{', '.join(map(self._writer, p.places))}]"
            )
        part = slice_of(p, extents, self._writer)
        if part is not None:
            return f"slice {part}"
        if has_another_shape(p, extents):
            shape = " × ".join(self._writer.inside(extents[i], PRODUCT) for i in p.labels)
            return f"{name} in the shape {shape}, row by row: {self(p)}"
        return f"entries of {name} back where they came from: {self(p)}"

    def _scattered(self, p: Scattered):
        places = [self._writer(dict(p.places).get(i, i)) for i in p.labels]
        return (
            f"every {self(p.signal)} added to the entry that was read: [{', '.join(places)}]",
            SUM,
        )

    def _weighted(self, p: Weighted):
        """sum of ∂L/∂y over t from s to T − 1, with the weights K[t − s]."""
        signal = "" if p.signal is None else self(p.signal)
        return weighted_text(p, signal, self._axes, self._writer), SUM

    def _slopes(self, phrase: Phrase) -> list[str]:
        """`with σ′(s₁) = h₁ ⊙ (1 − h₁)`, once for each."""
        found = dict.fromkeys(p for p in phrase.walk() if isinstance(p, ph.Slope))
        formulas = [f"{self(s)} = {self(s.formula)}" for s in found]
        return [f"with {joined(formulas)}"] if formulas else []

    def _notes(self, phrase: Phrase) -> list[str]:
        notes: list[str] = []
        batch = self._batch_products(phrase)
        if batch:
            notes.append(f"outer products, summed over {self._axes.named(batch)}")
        if any(isinstance(p, ph.Dyad) and _has_ones(p) for p in phrase.walk()):
            notes.append("1 is a column of ones")
        if any(isinstance(p, ph.Hadamard) and _divides_arrays(p) for p in phrase.walk()):
            notes.append("division entry by entry")
        for part in phrase.walk():
            if isinstance(part, Softmax) and len(part.labels) > 1:
                notes.append(f"softmax over {self._names([part.over])}")
        notes += self._broadcast(phrase)
        for part in phrase.walk():
            if isinstance(part, (ph.Correlation, ph.Convolution)):
                notes += self._channels(part)
            if isinstance(part, ph.SentBack) or _spreads(part):
                notes.append("what windows share is added up")
            if isinstance(part, Scattered):
                notes.append("what was read several times gets the sum")
        return notes

    def _batch_products(self, phrase: Phrase) -> tuple:
        """The indices of a sum of outer products over examples and times."""
        slices: tuple = ()
        while isinstance(phrase, (ph.Scaled, ph.SumOfSlices)):
            if isinstance(phrase, ph.SumOfSlices):
                slices += tuple(i for i, _ in phrase.ranges)
            phrase = phrase.of
        if not isinstance(phrase, ph.MatMul) or len(phrase.labels) != 2:
            return ()
        return (*slices, phrase.index) if self._axes.is_batch(phrase.index) else ()

    def _channels(self, p: ph.Correlation | ph.Convolution) -> Iterable[str]:
        """What a correlation is added up over, and what it is made for."""
        if isinstance(p.kernel, ph.Ones):
            return
        inside = {a.over for a in p.along}
        summed = [
            i
            for i in dict.fromkeys(p.signal.labels + p.kernel.labels)
            if i not in inside and i not in p.labels
        ]
        if summed:
            yield f"summed over {self._axes.named(summed)}"
        every = [i for i in p.labels if i not in {a.label for a in p.along}]
        if every:
            yield f"for every {self._names(every)}"

    def _broadcast(self, phrase: Phrase) -> list[str]:
        """Which tensors are the same along an axis of the array that they are combined with."""
        same: dict[tuple, dict[str, None]] = {}
        for part in phrase.walk():
            if not isinstance(part, (ph.Hadamard, ph.Plus)):
                continue
            operands = part.terms if isinstance(part, ph.Plus) else part.top + part.bottom
            for operand in operands:
                core = operand.of if isinstance(operand, ph.Scaled) else operand
                missing = tuple(i for i in part.labels if i not in operand.labels)
                if isinstance(core, ph.Power) and self._alike(part.labels):
                    core = core.base  # along rows or columns is not known by its length
                if missing and core.labels and isinstance(core, ph.Leaf):
                    same.setdefault(missing, {})[self(core)] = None
        return [
            f"{joined(list(names))} {'is' if len(names) == 1 else 'are'} the same for every "
            f"{self._names(missing)}"
            for missing, names in same.items()
        ]

    def _alike(self, labels: tuple[Index, ...]) -> bool:
        """Whether all axes are equally long."""
        return len({self._axes.extents.get(i) for i in labels}) == 1

    def _names(self, indices: Iterable[Index]) -> str:
        """The indices; for one that is written by its digits, these."""
        bare = [self._axes.bare(i) for i in indices]
        table = self._writer.table if isinstance(self._writer, PlaceWriter) else {}
        digits = [i if i not in table else sorted(free_indices(table[i]), key=str) for i in bare]
        every = [one for d in digits for one in (d if isinstance(d, list) else [d])]
        return joined([self._writer(i) for i in every])

    def _correlation(self, p: ph.Correlation):
        """valid cross-correlation of x, padded by P, with ∂L/∂y, spread by S, at stride D."""
        valid = "valid " if all(a.spread == 1 for a in p.along) else ""
        sentence = f"{valid}cross-correlation of {self(p.signal)}"
        sentence += self._measure(p, "pad", ", padded by {},", 0)
        sentence += f" with {self(p.kernel)}" + self._measure(p, "spread", ", dilated by {}", 1)
        sentence += self._measure(p, "step", ", at stride {}", 1)
        return sentence + (", turned by 180°" if p.turned else ""), SUM

    def _convolution(self, p: ph.Convolution):
        """full convolution of ∂L/∂y with w, which is full cross-correlation with w turned."""
        if isinstance(p.kernel, ph.Ones):
            window = " × ".join(self._writer.inside(n, PRODUCT) for n in p.kernel.extents)
            return f"every {self(p.signal)} given to all {window} entries of its window", SUM
        plain = all(a.spread == 1 for a in p.along)
        signal, kernel = self(p.signal), self(p.kernel)
        dilated = self._measure(p, "step", ", dilated by {}", 1)
        cropped = self._measure(p, "pad", ", cropped by {}", 0)
        if p.turned and plain:
            return f"full cross-correlation of {signal} with {kernel}{dilated}{cropped}", SUM
        if plain:
            return (
                f"full convolution of {signal} with {kernel}{dilated}{cropped}: full "
                f"cross-correlation with {kernel} turned by 180°"
            ), SUM
        turned = " turned by 180°" if p.turned else ""
        spread = self._measure(p, "spread", ", stride {}", 1)
        padding = self._measure(p, "pad", ", padding {}", 0)
        sentence = (
            f"transposed convolution of {signal} with {kernel}{turned}{dilated}{spread}{padding}"
        )
        if not p.turned and any(a.spread.free_symbols for a in p.along):
            sentence += f"; at stride 1 full cross-correlation with {kernel} turned by 180°"
        return sentence, SUM

    def _sent_back(self, p: ph.SentBack):
        return f"every {self(p.signal)} sent to the entry that was the maximum of its window", SUM

    def _measure(self, p: ph.Correlation | ph.Convolution, name: str, say: str, usual: int) -> str:
        """One number for all axes where they agree; nothing where it is the usual one."""
        numbers = [getattr(a, name) for a in p.along]
        if all(n == usual for n in numbers):
            return ""
        sizes = [self._writer(n) for n in dict.fromkeys(numbers)]
        return say.format(sizes[0] if len(sizes) == 1 else " and ".join(map(self._writer, numbers)))

    _methods = {
        **PhraseWriter._methods,
        ph.Correlation: _correlation,
        ph.Convolution: _convolution,
        ph.SentBack: _sent_back,
        Scattered: _scattered,
        Weighted: _weighted,
    }


def _in_words(term: Phrase) -> bool:
    """Whether a term is said in words, not as a formula."""
    core = term.of if isinstance(term, ph.Scaled) else term
    if isinstance(core, ph.SumOver):
        return isinstance(core.of, Placed)
    return isinstance(core, (ph.Correlation, ph.Convolution, Placed, Scattered, Weighted))


def _divides_arrays(phrase: ph.Hadamard) -> bool:
    return any(p.labels for p in phrase.bottom)


def _has_ones(dyad: ph.Dyad) -> bool:
    return isinstance(dyad.left, ph.Ones) or isinstance(dyad.right, ph.Ones)


def _spreads(phrase: Phrase) -> bool:
    """Whether entries are given to all of a window."""
    return isinstance(phrase, ph.Convolution) and isinstance(phrase.kernel, ph.Ones)
