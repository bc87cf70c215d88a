"""Letters below a name that a line gives: p_y of p = softmax(W x) is its entry at the label y.

    p = softmax(W x + b); L = −log p_y       L = −log p[y]; so where p_k = … gives it
    q = W s; L = (r − q_a)²                  refused: a may be a label, or q_a a name of its own

A name of its own would be a number of which nothing depends on W, and all gradients 0.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from deltarule.errors import DeltaruleError
from deltarule.spelling.names import name_or_none
from deltarule.typed.quantities.typed_names import LABELS

#: A name of small letters with one letter or a number below; h_0 is what is before the first time.
_BELOW = re.compile(
    r"(?<![\w\\∂.])([^\W\d_A-Z][^\W_]*[\u0300-\u036f]*)_"
    r"(?:([a-z]|[1-9]\d*)|\{([a-z]|[1-9]\d*)\})(?![\w\[′'])"
)


def with_entries_of_given(
    formula: str, name: str, given: Mapping[str, Collection[str]], place: str
) -> str:
    """The right side of `name` with brackets for labels below the names that lines give, each with
    its indices there. Raises DeltaruleError for other letters and numbers, which may be either."""

    def written(match: re.Match[str]) -> str:
        stem, below = match[1], match[2] or match[3]
        whole, own = name_or_none(stem), name_or_none(f"{stem}_{below}")
        if whole is None or whole == name or whole not in given or not own or own in given:
            return match[0]
        if below in given[whole]:  # an index that stands below no sum
            return match[0]
        if below in LABELS:
            return f"{stem}[{below}]"
        if below.isdigit():
            remedy = (
                f"write {stem}[{int(below) - 1}] for the entry, as they are counted from 0, or "
                f"{stem}{below} for a name of its own"
            )
        else:
            remedy = f"write {stem}[y] for the entry at a label y, or {stem}2 for a name of its own"
        raise DeltaruleError(
            f"{stem}_{below} may be an entry of {stem}, which has a line, or a name of its own",
            place,
            remedy,
        )

    return _BELOW.sub(written, formula)
