"""Subscripts of windows are read in one way: which index moves it, which runs in it, how far."""

from sympy import Integer

from deltarule.expressions.nodes import CeilingQuotient, FloorQuotient
from deltarule.expressions.symbols import Attribute, Index, Size
from deltarule.expressions.window_axis import shift_of, window_axis

i, k, p, t = Index("i"), Index("k"), Index("p"), Index("t")
S, D, P, K = Attribute("S"), Attribute("D"), Attribute("P", positive=False), Size("K")


def test_stride_dilation_and_padding_are_the_coefficients():
    axis = window_axis(S * i + D * k - P, [i], [k])
    assert (axis.i, axis.k, axis.a, axis.b, axis.rest) == (i, k, S, D, -P)
    assert axis.one_of_each and axis.divisor == 1
    assert axis.span({k: K}) == D * (K - 1)


def test_what_is_solved_for_the_window_is_divided():
    axis = window_axis(FloorQuotient(p + P - S * i, D), [p], [i])
    assert (axis.a, axis.b, axis.rest, axis.divisor) == (1, -S, P, D)
    assert window_axis(CeilingQuotient(p + P - S * i, D), [p], [i]) is None


def test_another_index_is_left_in_the_rest_and_one_in_both_moves_the_window():
    assert not window_axis(S * i + D * k + t, [i], [k]).one_of_each
    assert window_axis(2 * i, [i], [i]).moving == {i: Integer(2)}
    assert window_axis(i * k, [i], [k]) is None


def test_shifts_in_time():
    assert [shift_of(s) for s in (t - 1, t, t + 2)] == [(t, -1), (t, 0), (t, 2)]
    assert [shift_of(s) for s in (2 * t - 1, K - 1 - t, t + K)] == [None] * 3
