"""The names in a typed formula: which are tensors, and the subscripts that they have there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from deltarule.errors import DeltaruleError
from deltarule.expressions.functions import FUNCTIONS
from deltarule.formulas.call_arguments import KEYWORDS, VALUES
from deltarule.formulas.commas import parted_tokens
from deltarule.formulas.gammas import BETA, LOG_BETA
from deltarule.formulas.index_calls import names_below
from deltarule.formulas.several_numbers import OF_TWO, WITH_CONSTANTS
from deltarule.formulas.spelled import (
    ALIASES,
    ARITHMETIC,
    PRODUCTS,
    REDUCED,
    SAME,
    SOFTMAX,
    SPELLED,
    TURNED,
    known_functions,
)
from deltarule.formulas.tokens import Token, deeper, subscript_at
from deltarule.spelling.names import canonical
from deltarule.typed.lecture_notation.label_subscripts import is_label_of
from deltarule.typed.quantities.before_factors import (
    ANY_FUNCTION,
    is_call,
    is_factor,
    is_logistic,
    is_number_before,
    is_of_sum,
    of_several,
)
from deltarule.typed.quantities.usual_letters import COUNTS

#: Words that mean something wherever they stand, and those that do before parentheses.
WORDS = {
    *(w for w in known_functions() if len(w) > 1), *(f.row.name for f in FUNCTIONS.values()),
    "sigma", "σ", "ln", "if", "else", "mod", "pi", "π", "e", "min", "det", "log", "ReLU",
    "and", "or", "not",
}  # fmt: skip
#: What a subscript is by its name, where nothing says that it is an index: −log p[y].
LABELS = (
    "y", "label", "target", "labels", "targets",
    "state", "action", "state_next", "action_next",
)  # fmt: skip
#: The outer word and the centre of word2vec, u_o and v_c, where no sum is over o.
PAIR_OF_WORDS = ("o", "c")
#: Those of them that are tensors where they have subscripts: mixing weights pi[k], errors e[n].
NUMBERS_ALONE = ("pi", "π", "e")
CALLED = {
    *SPELLED, *ALIASES, *ARITHMETIC, *PRODUCTS, *REDUCED, *SAME, *SOFTMAX, *TURNED, *FUNCTIONS,
    *WITH_CONSTANTS, *OF_TWO, "heaviside", "power",
    "sim", "cos_sim", "cossim", "cosine_similarity", "cosine",
    "expit", "logistic", "einsum", "diag", "var", "std", "prod", "logsumexp", "len",
    "ψ", *BETA[1:], *LOG_BETA,
}  # fmt: skip
#: Capitals that say how far an index runs even before a factor: N σ².
_EXTENTS = (*COUNTS, "I", "L")


def subscripted(formula: str, place: str) -> bool:
    """Whether a formula is written with indices."""
    found = parted_tokens(formula, place)
    return any(
        t.kind == "below" or (subscript_at(found, k) and found[k - 1].kind in ("name", "primed"))
        for k, t in enumerate(found)
    )


@lru_cache(maxsize=1 << 12)  # each question about a text asks it of all equations
def names_known(formula: str, place: str, left: tuple[str, ...], letters: frozenset[str]) -> dict:
    """`names_in`, found once; not to be changed."""
    return names_in(formula, place, left, letters)


def names_in(
    formula: str, place: str, left: Iterable[str] = (), letters: Iterable[str] = ()
) -> dict[str, list[tuple[str, ...] | None]]:
    """The tensors in a formula, each with the subscripts that it has there; None without any.

    `left` are the indices left of =, which are none; `letters` those of other equations, too: N
    is how far n runs.
    """
    found = parted_tokens(formula, place)
    inside = _bound(found)
    free = inside - _summed(found) - {*left}
    pair = PAIR_OF_WORDS if PAIR_OF_WORDS[0] in free else ()
    alone = free & {*LABELS, *pair, *_but_labels(found)}
    bound = {*inside, *left} - alone
    raised = [b for a, b in zip(found, found[1:], strict=False) if a.text == "e"]
    euler = any(t.text == "^" or t.kind == "superscript" for t in raised)
    names: dict[str, list[tuple[str, ...] | None]] = {}
    for k, token in enumerate(found, 1):
        opened = found[k].text if k < len(found) else ""
        if opened == "[" and not subscript_at(found, k):
            opened = ""  # a statement behind a sum: Σ_i [r_i > 0] s_i
        if token.kind not in ("name", "primed") or (token.text in bound and opened != "["):
            continue
        if _is_word(found, k, opened, euler):
            continue
        if opened == "(":
            _refuse_any_function(found, k, place)
        if opened != "[" and _is_extent(found, k, {*bound, *letters}, bool(bound)):
            continue
        name = canonical(token.text) if opened == "[" else tensor_of(token, place)
        subscripts = None
        if opened == "[":
            subscripts, _ = _subscripts(found, k, place)  # labels stand in them: p[n, t[n]]
        names.setdefault(name, []).append(subscripts)
    return names


def _is_word(found: Sequence[Token], k: int, opened: str, euler: bool) -> bool:
    """Whether the name before the k-th token is a function, a value or a sign, and no tensor."""
    token = found[k - 1]
    if token.text in VALUES or opened == "=" and token.text in KEYWORDS:
        return True  # axis=1, keepdims=True
    ahead = found[k].kind if k < len(found) else ""
    if token.text in ("Σ", "∑") and ahead not in ("", "sign", "superscript", "transposed"):
        return True  # a sum of what follows, and no matrix Σ
    deviation = token.text in ("σ", "sigma") and opened != "("
    entry = opened == "[" and token.text in NUMBERS_ALONE
    entry = entry or (token.text == "e" and not euler)
    if not deviation and not entry and token.text.rstrip("′") in WORDS:
        return True
    if opened != "(":
        return False
    of_log = k > 1 and found[k - 2].text in ("log", "ln")
    if token.text in CALLED or token.text in BETA and of_log:
        return True
    # An unknown function, of which the parser says so.
    return len(token.text) > 1 and not is_number_before(token, found[k])


def _refuse_any_function(found: Sequence[Token], k: int, place: str) -> None:
    """Raises DeltaruleError where the name before the parenthesis at k may be any function."""
    token, behind = found[k - 1], found[k:]
    several = of_several(found, k) or is_of_sum(token, behind)
    logistic = is_logistic(found[: k - 1], token, found[k])
    if token.text in ANY_FUNCTION or several or logistic or is_call(token, behind):
        line = f"give it a line, as {token.text}(x) = σ(wᵀ x), or write {token.text} · (…)"
        if token.text == "Φ":
            line = "write normcdf(x) for the normal distribution, or Φ · (…)"
        if logistic:
            line = "write σ(x) for the logistic function, or Λ · (…)"
        fact = f"{token.text}( ) may be any function"
        raise DeltaruleError(fact, place, f"{line} for a product")


def _is_extent(found: Sequence[Token], k: int, letters: Collection[str], bound: bool) -> bool:
    """Whether the name before the k-th token says how far one of some letters runs: N of n.

    `bound` is whether the formula has indices.
    """
    token = found[k - 1]
    divides = k > 1 and found[k - 2].text == "/"
    size = token.text.isupper() and token.text.lower() in letters
    size = size and (token.text != "I" or bound or divides)  # K + σ² I without indices
    return size and (token.text in _EXTENTS or divides or not is_factor(found, k))


def tensor_of(token: Token, place: str) -> str:
    text = token.text
    try:
        return canonical(text)
    except DeltaruleError as error:
        raise error.at(place) from None


def _summed(found: Sequence[Token]) -> set[str]:
    """The indices of sums: Σ_k, Σ_{k=1}^{K}, sum(k, …)."""
    names: set[str] = set()
    for k, token in enumerate(found):
        ahead = found[k + 1 : k + 3]
        if token.kind == "reduction":
            names |= _summed_over(found, k + 1)
        called = token.text in ("sum", "mean", "Σ", "∑") and [t.text for t in ahead[:1]] == ["("]
        if called and [t.text for t in found[k + 3 : k + 4]] == [","]:
            below = names_below(found[k + 4 :])
            names |= {t.text for t in ahead[1:] if t.kind == "name" and t.text in below}
    return names


def _bound(found: Sequence[Token]) -> set[str]:
    """The indices of sums, and the letters of subscripts."""
    names = _summed(found)
    for k in range(len(found)):
        if subscript_at(found, k) and found[k - 1].kind in ("name", "primed"):
            depth = 1
            for at, inner in enumerate(found[k + 1 :], k + 1):
                depth += deeper(inner.text)
                if not depth:
                    break
                read = [t.text for t in found[at + 1 : at + 2]] == ["["]
                names |= {inner.text} if inner.kind == "name" and not read else set()
    return names


def _summed_over(found: Sequence[Token], k: int) -> set[str]:
    """The indices behind a sum's sign: i and j of Σ_{i<j}, Σ_{i, j≠i} and Σ_{i=1, j}."""
    braces = k < len(found) and found[k].text in ("{", "[")
    if not braces:
        return {t.text for t in found[k : k + 1] if t.kind == "name"}
    names, wanted, first = set(), True, found[k + 1 : k + 2]
    for at, token in enumerate(found[k + 1 :], k + 1):
        if token.text in ("}", "]"):
            break
        label = found[at - 1].text == "≠" and is_label_of(first[0].text, token.text)
        if wanted and token.kind == "name" and not label:
            names.add(token.text)
        wanted = token.text in (",", "<", "≤", ">", "≥", "≠")
    return names


def _but_labels(found: Sequence[Token]) -> set[str]:
    """The labels of sums over all but them: y of Σ_{j≠y}."""
    return {
        end.text
        for sign, _, index, unequal, end in zip(*(found[k:] for k in range(5)), strict=False)
        if sign.kind == "reduction" and unequal.text == "≠" and is_label_of(index.text, end.text)
    }


def _subscripts(found: Sequence[Token], k: int, place: str) -> tuple[tuple[str, ...], int]:
    """What stands between the commas in brackets, and where these end."""
    inside: list[str] = [""]
    depth = 0
    for end in range(k + 1, len(found)):
        token = found[end]
        if token.text == "]" and not depth:
            if all(inside):
                return tuple(inside), end + 1
            break
        depth += deeper(token.text)
        if token.text == "," and not depth:
            inside.append("")
        else:
            apart = inside[-1][-1:].isalnum() and token.text[:1].isalnum()
            space = " " if inside[-1] and (apart or token.kind == found[end - 1].kind) else ""
            inside[-1] += space + token.text
    raise DeltaruleError(
        f"[{', '.join(inside)}] has a subscript that is empty",
        place,
        "write one index for each axis, as in x[n, d]",
    )
