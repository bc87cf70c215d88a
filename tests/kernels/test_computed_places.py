"""Places that a kernel computes itself, as those of sorted entries: order, ties, and NaN."""

import numpy as np

import deltarule


def test_sorted_entries_and_what_comes_back(cache):
    kernel = deltarule.kernel("owl_norm", cache=cache)
    x, weight = np.array([-2.0, 5.0, 2.0, -3.0]), np.array([4.0, 3.0, 2.0, 1.0])
    values, gradients = kernel.both(x=x, **{"lambda": weight})
    assert values["v"].tolist() == [5, 3, 2, 2] and values["a_rank"].tolist() == [2, 0, 3, 1]
    assert gradients["x"].tolist() == [-2, 4, 1, -3]
    assert gradients["lambda"].tolist() == [5, 3, 2, 2]


def test_what_is_no_number_has_no_place_and_reads_nothing_foreign(cache):
    kernel = deltarule.kernel("owl_norm", cache=cache)
    x = np.full(4, np.nan)
    _, gradients = kernel.both(x=x, **{"lambda": np.ones(4)})
    assert np.isnan(gradients["x"]).all()
