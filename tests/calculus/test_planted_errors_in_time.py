"""Wrong rules and wrong gradients through time are caught, by the engine or by dual numbers."""

from dataclasses import replace

import pytest
from once import derived
from whole_network import gap

from deltarule.calculus import derive, gradient_work, partial_derivatives
from deltarule.calculus.verify import Unverified
from deltarule.expressions import nodes
from deltarule.expressions.nodes import Carried, Sum
from deltarule.expressions.substitution import substitute
from deltarule.language.load import load


def test_a_delta_solved_for_the_wrong_time(monkeypatch):
    right = gradient_work.eliminate

    def shifted(term, free, *avoid):
        found = right(term, free, *avoid)
        if found is None or "t + 1" not in found.detail:
            return found
        t = next(i for i in free if i.name == "t")
        wrong = replace(found.term, body=substitute(found.term.body, {t: t + 1}))
        return replace(found, term=wrong)

    monkeypatch.setattr(gradient_work, "eliminate", shifted)
    with pytest.raises(Exception) as caught:
        derive(load("rnn"))
    assert isinstance(caught.value, Unverified) or "outside its shape" in str(caught.value)


def test_a_range_that_is_lost(monkeypatch):
    right = gradient_work.eliminate

    def unguarded(term, free, *avoid):
        found = right(term, free, *avoid)
        return found and replace(found, term=replace(found.term, conditions=()))

    monkeypatch.setattr(gradient_work, "eliminate", unguarded)
    with pytest.raises(Exception) as caught:
        derive(load("rnn"))
    assert isinstance(caught.value, Unverified) or "outside its shape" in str(caught.value)


@pytest.mark.usefixtures("planted_in_partials")
def test_the_initial_state_forgotten_in_the_derivative(monkeypatch):
    def first_case_alone(atom, slope, name, value):
        for inner in partial_derivatives.partials(atom.args[1], name):
            yield partial_derivatives.Partial(
                slope * inner.factor,
                inner.subscripts,
                inner.ranges,
                (atom.args[0], *inner.conditions),
            )

    monkeypatch.setattr(partial_derivatives, "_by_cases", first_case_alone)
    with pytest.raises(Unverified):
        derive(load("rnn"))


def _without_recurrence(expression):
    """The gradient without what comes from the next time: mistake 31 and 34."""
    return sum(term for term in expression.args if not (isinstance(term, Sum) and term.conditions))


def _current_state(node):
    """h[t] where h[t − 1] belongs: mistake 32."""
    if isinstance(node, Carried):
        t = next(iter(nodes.free_indices(node.args[0])))
        return substitute(node.args[1], {t: t + 1})
    if not node.args or isinstance(node, nodes.Read):
        return node
    if isinstance(node, Sum):
        return Sum(_current_state(node.body), node.ranges, node.conditions)
    return node.func(*map(_current_state, node.args))


@pytest.mark.parametrize(
    ("name", "tensor", "mistake"),
    [
        ("rnn", "h", _without_recurrence),
        ("lstm", "c", _without_recurrence),
        ("lstm", "h", _without_recurrence),
        ("rnn", "W_hh", _current_state),
        ("lstm", "W_hf", _current_state),
        ("lstm", "f", _current_state),
    ],
)
def test_wrong_gradients_are_seen_over_several_times(name, tensor, mistake):
    right = derived(name)
    gradient = right.gradients[tensor]
    wrong = replace(gradient, expr=mistake(gradient.expr))
    assert wrong.expr != gradient.expr
    planted = replace(right, gradients={**right.gradients, tensor: wrong})
    one, two = gap(planted, T=3, N=2)
    assert (one - two).abs_lower() > 1e-6
