"""The derivation of one gradient: the chain rule, without deltas, in the shorter of two forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sympy import Add, Expr, Integer

from deltarule.calculus.at_boundaries import at_the_edges
from deltarule.calculus.at_places import Places, steps_at_places
from deltarule.calculus.backward_order import at_least_one_time, consumers
from deltarule.calculus.cancel_kinks import remove_kinks
from deltarule.calculus.dual_forms import dual_form, is_shorter
from deltarule.calculus.inline_upstream import insert_upstream
from deltarule.calculus.named_terms import put_back
from deltarule.calculus.record import Record
from deltarule.calculus.rules.chain_rule import CHAIN_RULE, paths, through, without_paths
from deltarule.calculus.rules.cut_ranges import CLIP_THE_RANGE, EMPTY_SUM, clipped, never
from deltarule.calculus.rules.delta_elimination import eliminate
from deltarule.calculus.rules.local_derivative import LOCAL_DERIVATIVE, selected_entry, terms_of
from deltarule.calculus.rules.name_the_parts import NAME_THE_PARTS, said
from deltarule.calculus.rules.rule import Rule
from deltarule.calculus.rules.table import SIMPLIFICATIONS
from deltarule.calculus.steps import Gradient, Step
from deltarule.calculus.terms import Term, pinned
from deltarule.calculus.tied_maxima import ties_that_meet
from deltarule.expressions.gradient_names import gradient_name
from deltarule.expressions.nodes import Read, read, reads
from deltarule.expressions.size_constraints import facts_of
from deltarule.expressions.substitution import plainly_named
from deltarule.expressions.symbols import Index
from deltarule.expressions.terms_counted import MOST_TERMS
from deltarule.networks.equations import Equation
from deltarule.networks.gradient_indices import target_indices
from deltarule.networks.recurrences import sequence_lengths
from deltarule.spelling.text import text


class GradientWork:
    """The derivation of one gradient."""

    def __init__(self, network, tensor, root, gradients, verifier, live, rules=SIMPLIFICATIONS):
        self.network, self.tensor, self.root = network, tensor, root
        self.gradients, self.live = gradients, live
        self.consumers = consumers(network, tensor.name, live)
        writers = network.equation_of(tensor.name)
        self.indices = target_indices(tensor, self.consumers, writers, network.equations)
        self.ranges = tuple(zip(self.indices, tensor.axes, strict=True))
        self.times = sequence_lengths(network.equations)
        self.known = {**dict(self.ranges), **at_least_one_time(network)}
        self.facts = facts_of(network.definitions)
        self.solved: frozenset[Index] = frozenset()
        self.record = Record(self._lhs(), network, self.ranges, verifier, rules)

    def gradient(self) -> Gradient:
        itself = self.tensor.name == self.root
        if itself or not self.consumers:
            return self._finished([without_paths(self._lhs(), itself)])
        duals = self._shorter_form(self._chain())
        insert_upstream(self.record, self.tensor.name, self.consumers, self.gradients)
        notes = remove_kinks(self.record, self.gradients)
        edges = at_the_edges(
            self._lhs(), self.record.now, self.ranges, self.known, self.times, self.record.verifier
        )
        places = self._places()
        parts = steps_at_places(places, self._lhs(), self.record.now, self.record.verifier)
        finished = self._finished(self.record.steps, (*edges, *parts))
        lenient = bool(notes)
        notes += ties_that_meet(self.network, finished.expr)
        found = replace(finished, alternatives=duals, notes=notes, lenient=lenient, places=places)
        return found if places else self._in_lines(found)

    def _in_lines(self, found: Gradient) -> Gradient:
        """The gradient with a step that names the parts of its closed form, if that is too long."""
        lines = found.in_lines
        if not lines.parts:
            return found
        verified = self.record.verifier.same(found.expr, put_back(lines), self.ranges)
        step = Step(NAME_THE_PARTS, found.expr, lines.rhs, said(lines), "", verified)
        return replace(found, steps=(*found.steps, step))

    def _shorter_form(self, terms: list[Term]) -> tuple[Expr, ...]:
        """Derive the closed form by the indices that make it short; its dual forms."""
        mark = self.record.mark()
        self._eliminate(list(terms))
        self.record.simplify()
        duals = self._dual_forms(terms)
        first = self.record.now
        if not duals or not is_shorter(duals[0], first):
            return duals
        self.record.back_to(mark)
        self._eliminate(list(terms), self.solved)
        self.record.simplify()
        return (first,)

    def _dual_forms(self, terms: list[Term]) -> tuple[Expr, ...]:
        """The same gradient with the other indices summed over, where deltas left a choice."""
        if not self.solved:
            return ()
        now = self.record.now
        other = dual_form(terms, self.solved, self.network, self.known, self.record.rules)
        other = plainly_named(other, frozenset(i.name for i in self.indices))
        if other == now:
            return ()
        self.record.verifier.same(now, other, self.ranges)
        return (other,)

    def _places(self) -> tuple[Equation, ...]:
        """The closed form at the places that it tells apart."""
        name = self.tensor.name
        accesses = [r.indices for e in self.consumers for r in reads(e.rhs, name)]
        accesses += [e.subscripts for e in self.network.equation_of(name)]
        now = self.record.now
        return Places(self._lhs(), now, self.ranges, self.known, accesses).equations()

    def _lhs(self) -> Read:
        return read(gradient_name(self.root, self.tensor.name), *self.indices)

    def _finished(self, steps: list[Step], edges: Iterable[Step] = ()) -> Gradient:
        return Gradient(self.root, self.tensor, self.indices, steps[-1].after, (*steps, *edges))

    def _chain(self) -> list[Term]:
        """The chain rule, and the local derivatives that it asks for."""
        ways = paths(read(self.tensor.name, *self.indices), self.root, self.consumers)
        terms = [
            term
            for way in ways
            for term in terms_of(way, self._selected(way.equation, way.apart), self.facts)
        ]
        asked, after = Add(*(w.expression() for w in ways)), Add(*(t.expression() for t in terms))
        verified = self.record.verifier.derivative(
            after, self.tensor.name, self.ranges, self.consumers, self.root
        )
        self.record.state(CHAIN_RULE, self._lhs(), asked, verified, through(self.consumers))
        self.record.state(LOCAL_DERIVATIVE, asked, after, verified)
        return terms

    def _selected(self, original: Equation, apart: Equation) -> Expr | None:
        return selected_entry(self.network, original, apart)

    def _eliminate(self, terms: list[Term], avoid: frozenset[Index] = frozenset()) -> None:
        """Remove every delta of every term, then cut the ranges to where something is read.

        No delta is solved for an index to `avoid` where there is another. What is done to one
        term is a step; where there are many, what one rule does to all of them is.
        """
        if len(terms) > MOST_TERMS:
            self._eliminate_at_once(terms, avoid)
            return
        for k in range(len(terms)):
            terms[k] = pinned(terms[k], self.known)
            for term, rule, detail, condition in self._without_deltas(terms[k], avoid):
                terms[k] = term
                self._now(terms, rule, detail, condition)

    def _eliminate_at_once(self, terms: list[Term], avoid: frozenset[Index]) -> None:
        terms[:] = [pinned(term, self.known) for term in terms]
        works = {k: self._without_deltas(term, avoid) for k, term in enumerate(terms)}
        while works:
            found = {k: change for k, work in works.items() if (change := next(work, None))}
            works = {k: works[k] for k in found}
            for rule in dict.fromkeys(change[1] for change in found.values()):
                alike = {k: change for k, change in found.items() if change[1] is rule}
                for k, change in alike.items():
                    terms[k] = change[0]
                details, conditions = (
                    dict.fromkeys(filter(None, said))
                    for said in zip(*(change[2:] for change in alike.values()), strict=True)
                )
                self._now(terms, rule, " ".join(details), ", ".join(conditions))

    def _without_deltas(
        self, term: Term, avoid: frozenset[Index]
    ) -> Iterator[tuple[Term, Rule, str, str]]:
        """What becomes of a term, rewrite by rewrite: by which rule, how, under what condition."""
        free = self.known
        while (found := eliminate(term, free, avoid)) is not None:
            term = pinned(found.term, free)
            self.solved |= found.instead_of
            condition = ", ".join(text(c) for c in found.condition)
            yield term, found.rule, found.detail, condition
        if impossible := never(term, free):
            yield replace(term, body=Integer(0)), EMPTY_SUM, impossible, ""
            return
        cut = clipped(term, self.network.tensors, free)
        if cut != term:
            yield cut, CLIP_THE_RANGE, "", ""
            if impossible := never(cut, free):
                yield replace(cut, body=Integer(0)), EMPTY_SUM, impossible, ""

    def _now(self, terms: list[Term], rule: Rule, detail: str, condition: str) -> None:
        self.record.move(rule, Add(*(t.expression() for t in terms)), detail, condition)
