"""What is said of a keyword that a word of the language does not take: which ones it takes."""

from __future__ import annotations

#: Keywords of other libraries, and what says the same here.
_INSTEAD = {
    ("state", word): 'write before=, as in h = state("h", T, M, before=h0)'
    for word in ("initial", "init", "start", "first", "h0", "initial_state", "initially")
}
#: The keywords that some words take.
_TAKEN = {
    "state": 'it takes before=, after=, along= and outside=: state("h", T, M, before=h0)',
    "declare": ('axes are given one by one: input("x", N, D); outside=, below=, within= say more'),
    "loss": 'write loss("E", Sum[n](…))',
}
_OF_SUMS = ("_made", "__call__", "reduced")


def no_keyword(name: str, keyword: str, usual: str) -> tuple[str, str]:
    """The fact and the remedy; `usual` is the remedy for words of which nothing more is known."""
    if name in _OF_SUMS:
        return (
            f"a sum, mean or maximum takes no {keyword}=",
            "which terms count is said by where=: Sum[k](…, where=k <= n)",
        )
    what = "a declaration" if name == "declare" else name
    remedy = _INSTEAD.get((name, keyword)) or _TAKEN.get(name, usual)
    return f"{what} takes no {keyword}=", remedy
