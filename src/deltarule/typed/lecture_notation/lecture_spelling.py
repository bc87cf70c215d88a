"""Lectures' other spellings of a typed formula, put into the one that its parsers read.

    ‖x‖₂², ‖W‖_F², ‖w‖₁      ‖x‖², ‖W‖², sum(abs(w))
    Σ_k t_k log p_k           Σ_k t[k] log p[k]
    Σ_n (y_n − wᵀx_n)²        Σ_n (y[n] − Σ_d w[d] x[n,d])²
    softmax(z)[k], A⁻¹        p[k] with p = softmax(z), A_inv with A_inv = inverse(A)

A name keeps its subscript where that is no index: W_h, x_1, h_t.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from deltarule.spelling.name_parts import CAPITALS
from deltarule.spelling.names import canonical, pretty
from deltarule.typed.lecture_notation.inner_products import with_inner_sums
from deltarule.typed.lecture_notation.norm_orders import of_rows_written
from deltarule.typed.quantities.typed_names import WORDS
from deltarule.typed.quantities.usual_letters import usual_rank

#: What may not stand behind letters below a name: more letters, of which powers are none.
_ENDS = r"(?![^\W²³⁰¹⁴⁵⁶⁷⁸⁹⁻ᵀ]|\(|\[)"
_NAME = r"[^\W\d_][^\W_]*(?:_[0-9]\w*)?[\u0300-\u036f]*"
_OVER = re.compile(r"(?:[Σ∑Π∏]|\b(?:sum|prod|max|min|mean))_?(?:([a-z])(?![\w(])|\{([^{}]*)\})")
_BELOW = re.compile(
    rf"((?<![^\W\d]|∂)(?<![^\W\d]\d){_NAME}|\))_(?:(?!star(?![a-z]))([a-z]{{1,4}}){_ENDS}|\{{([a-z](?:\s*,?\s*[a-z]){{0,3}})\}})"
)
_SIGNS = ("sum", "Σ", "∑", "Π", "∏", "prod", "max", "min", "mean")
#: How far letters are apart at most that run along one axis: i and l, s and t.
_NEIGHBOURS = 3
#: Letters of gates and of other layers, h_f and W_o.
_LABELS = frozenset("fogchzxqv")
_INDEX_LETTERS = frozenset("ijklmnd")
_OF_ROW = re.compile(
    rf"(?<![\w\]])([a-zθβ]\w*)\s*(?:ᵀ|⊤|\^\{{?[T⊤]\}}?)\s*[·*]?\s*({_NAME})\[([a-z])\]"
)
#: x_itᵀ β, where x has a row for each i and t.
_OF_PANEL = re.compile(
    rf"(?<![\w\]])({_NAME})\[([a-z]\s*,\s*[a-z])\]\s*(?:ᵀ|⊤|\^\{{?[T⊤]\}}?)\s*[·*]?\s*"
    r"([a-zα-ω]\w*)(?![\w\[(ᵀ⊤^²])"
)
#: wᵀ x of names without indices.
_OF_VECTORS = re.compile(
    r"(?<![\w\]ᵀ)])([a-zα-ω]\w*)\s*(?:ᵀ|⊤|\^\{?[T⊤]\}?)\s*[·*]?\s*([a-zα-ω]\w*)(?![\w\[(ᵀ⊤^²])"
)
_DOT_OF_ROW = re.compile(
    rf"\bv?dot\(\s*(?:([a-zθβ]\w*)\s*,\s*({_NAME})\[([a-z])\]"
    rf"|({_NAME})\[([a-z])\]\s*,\s*([a-zθβ]\w*))\s*\)"
)
_SQUARED = re.compile(rf"‖\s*({_NAME})\s*‖\s*(?:²|\^2(?!\w)|\*\*\s*2(?!\w))")
_ENTRY = re.compile(rf"({_NAME})\[([a-z](?:\s*,\s*[a-z])*)\]")
_LENGTHS = re.compile(r"‖([^‖]+)‖\s*(²|\^2(?!\w)|\^\{2\}|\*\*\s*2(?!\w))?")
_ROW = rf"(?<![\w\]]){_NAME}\[[a-z](?:\s*,\s*[a-z])*\]"
_PRODUCTS = re.compile(
    rf"({_ROW})\s*(?:ᵀ|⊤|\^\{{?[T⊤]\}}?)\s*[·*]?\s*({_NAME}\[[a-z](?:\s*,\s*[a-z])*\])"
    rf"|\bv?dot\(\s*({_ROW})\s*,\s*({_ROW})\s*\)"
)
INVERSE = re.compile(
    rf"(?<![^\Wᵀ])(?<!\])(?P<name>[{CAPITALS}Σ](?:(?!ᵀ)\w)*)\s*"
    r"(?:⁻¹(?![⁰¹²³⁴-⁹ᐟ])|\^\{\s*[-−]\s*1\s*\}|\^\(\s*[-−]\s*1\s*\)|\^[-−]\s*1\b(?!\s*/))"
    rf"|(?<![\w.])(?:np\.linalg\.|torch\.linalg\.|torch\.)?inv(?:erse)?\(\s*(?P<called>[{CAPITALS}Σ]\w*)\s*\)"
)


def respelled(
    formula: str,
    left: Iterable[str] = (),
    taken: str = "",
    rows: bool = False,
    known: Iterable[str] = (),
) -> str:
    """A right side in the parsers' spelling; `left` are the letters below the name on its left.

    Letters that stand in `taken`, all of the text, are given to no new index; with `rows`, products
    of vectors that have indices are written with none.
    """
    letters = _indices(formula, left) | {*known}
    apart = _of_two_kinds(formula, left, taken)
    for pair in _pairs_summed(formula):
        apart |= _of_two_kinds(formula, pair, taken)
    formula = _BELOW.sub(lambda m: _in_brackets(m, letters, apart), formula)
    return (
        formula
        if rows
        else _squares_written(
            _rows_written(
                _vectors_written(_with_entries(with_inner_sums(formula)), {*letters, *left}, taken),
                taken,
            )
        )
    )


def is_index(letters: Iterable[str], formula: str) -> bool:
    """Whether what stands below the name left of = are indices: they stand right of it, too."""
    inside = " ".join(re.findall(r"\badj\[([^\[\]]*)\]", formula))  # of what neighbours there are
    named = set(re.findall(r"(?<!\w)[a-z](?!\w)", inside))
    return bool(letters) and set(letters) <= _indices(formula, letters) | named


def is_index_elsewhere(stem: str, letter: str, text: str) -> bool:
    """Whether a sum of another equation is over the letter below a name: Σ_t log p_t; p_t = …"""
    sums = rf"(?:[Σ∑]|\\sum)\s*_\{{?\s*{letter}(?![A-Za-z0-9])"
    name = f"(?:{re.escape(stem)}|{re.escape(pretty(stem))})"
    at = rf"(?:_\{{?{letter}\}}?(?![A-Za-z0-9])|\[\s*{letter}\s*[,\]])"
    read = re.findall(rf"(?<![^\W\d_]){name}{at}", text)
    return len(letter) == 1 and len(read) > 1 and bool(re.search(sums, text))


def _indices(formula: str, left: Iterable[str]) -> set[str]:
    """The letters that are indices: those that sums are over, those of the left side that stand
    on the right, what stands below a name beside one of them, i and f of A_ij X_jf, and below one
    that is read at another, too: o of u_o beside u_w."""
    left = [*left]
    letters = {*bound_letters(formula), *_of_left(formula, left)}
    groups = [set(re.findall(r"[a-z]", m[2] or m[3])) for m in _BELOW.finditer(formula)]
    letters |= {i for g in groups if len(g) > 1 and g == set(left) for i in g}
    if len(left) > 1 and set(left) <= {i for g in groups if len(g) == 1 for i in g}:
        letters |= set(left)  # r_ui = b_u + b_i
    if left[1:] == [] and set(left) & set("ijkl"):  # X_k = Σ_n x_n cos(k n)
        letters |= {i for i in left if re.search(rf"(?<![\w\\]){i}(?![\w(])", formula)}
    found = [(m[1], set(re.findall(r"[a-z]", m[2] or m[3]))) for m in _BELOW.finditer(formula)]
    stems = {name for name, g in found if g <= letters and name not in (*_SIGNS, ")")}
    letters |= {i for name, g in found if name in stems and len(g) == 1 for i in g}
    while beside := {i for g in groups if g & letters for i in g} - letters:
        letters |= beside
    return letters


def bound_letters(formula: str) -> set[str]:
    """The letters that sums are over."""
    found: set[str] = set()
    for single, several in _OVER.findall(formula):
        found |= {single} if single else set(re.findall(r"(?<!\w)[a-z](?!\w)", several))
    return found


def _of_left(formula: str, left: Iterable[str]) -> set[str]:
    """Those letters of a left side that are indices on the right: z_f = W_f x has none."""
    found = set()
    for letter in set(left):
        if letter not in _INDEX_LETTERS and (letter in _LABELS or not _all_have(formula, letter)):
            continue
        single = [m for m in _BELOW.finditer(formula) if (m[2] or m[3]) == letter]
        several = any(letter in (m[2] or m[3]) for m in _BELOW.finditer(formula))
        if several and not any(m[1][:1].isupper() and _is_factor(m) for m in single):
            found.add(letter)
    return found


def _all_have(formula: str, letter: str) -> bool:
    """Whether all but numbers have a letter below, V_s and r_s of V_s + α (r_s − V_s)."""
    found = [m[1] for m in _BELOW.finditer(formula) if (m[2] or m[3]) == letter]
    rest = re.findall(r"[^\W\d_]\w*", _BELOW.sub(" ", formula))
    return len(set(found)) > 1 and all(n in WORDS or usual_rank(canonical(n)) == 0 for n in rest)


def _is_factor(match: re.Match[str]) -> bool:
    """Whether something is multiplied with a name, W_f of W_f x; G_i of G_i + g_i² is alone."""
    before, behind = match.string[: match.start()].strip(), match.string[match.end() :].strip()
    return bool(before and before[-1] not in "+-−(,") or bool(behind and behind[0] not in "+-−),^²")


def _of_two_kinds(formula: str, left: Iterable[str], taken: str) -> set[str]:
    """The names of which each subscript says another one: b of r_ui = μ + b_u + b_i, the biases of
    users and of items. Letters that are next to each other run along one axis, as in x_i − x_j."""
    left = [*left]
    if len(left) != 2 or abs(ord(left[0][0]) - ord(left[1][0])) <= _NEIGHBOURS:
        return set()
    at: dict[str, set[str]] = {}
    for name, one, several in _BELOW.findall(formula):
        at.setdefault(name, set()).add(one or several)
    both = {name for name, found in at.items() if found == {*left}}
    return {n for n in both if not re.search(rf"(?<!\w){n}[\[(]|[;\n]\s*{n}_\w+\s*=(?!=)", taken)}


def _pairs_summed(formula: str) -> list[tuple[str, ...]]:
    """The letters of tables that sums are over both of: u and i of Σ_{u,i} (r_ui − b_u − b_i)²."""
    bound = bound_letters(formula)
    below = (re.findall(r"[a-z]", m[2] or m[3]) for m in _BELOW.finditer(formula))
    return list(dict.fromkeys(tuple(at) for at in below if len({*at}) == 2 and {*at} <= bound))


def _in_brackets(match: re.Match[str], letters: set[str], apart: set[str]) -> str:
    below = re.findall(r"[a-z]", match[2] or match[3])
    if match[1] in _SIGNS or not set(below) <= letters:
        return match[0]
    label = f"_{below[0]}" if match[1] in apart else ""
    return f"{match[1]}{label}[{','.join(below)}]"


def _parted_letters(match: re.Match[str]) -> str:
    return " " + " ".join(match[1]) + " "


def _fresh(formula: str) -> str:
    """A letter that stands nowhere in a formula."""
    return next((c for c in "dijklmpqruvw" if not re.search(rf"(?<!\w){c}(?!\w)", formula)), "d")


def _rows_written(formula: str, taken: str) -> str:
    """wᵀ x[n] and dot(w, x[n]), where x[n] is a row of x, as a sum over its entries."""

    def written(match: re.Match[str]) -> str:
        found = match.groups()
        w, x, n = (found[5], *found[3:5]) if found[0] is None else found[:3]
        return f"(Σ_{letter}({w}[{letter}]·{x}[{n},{letter}]))"

    letter = _fresh(formula + " " + re.sub(r"_\{?([a-z]+)\}?", _parted_letters, taken))
    formula = _OF_PANEL.sub(rf"(Σ_{{{letter}}}(\1[\2,{letter}]·\3[{letter}]))", formula)
    return _OF_ROW.sub(written, _DOT_OF_ROW.sub(written, formula))


def _vectors_written(formula: str, bound: set[str], taken: str) -> str:
    """‖x[i] − m[k]‖², where both are rows, and u[i]ᵀ v[j] as sums over their entries."""
    letter = _fresh(formula + " " + re.sub(r"_\{?([a-z]+)\}?", _parted_letters, taken))

    def at_entry(match: re.Match[str]) -> str:
        return f"{match[1]}[{match[2]},{letter}]"

    def of_rows(inside: str) -> bool:
        found = [m[2].split(",") for m in _ENTRY.finditer(inside)]
        return bool(found) and all({i.strip() for i in at} <= bound for at in found)

    def length(match: re.Match[str]) -> str:
        inside = match[1]
        if not of_rows(inside) or re.search(
            r"(?<![\w\]])[^\W\d]\w*(?![\w\[(])", _ENTRY.sub("", inside)
        ):
            return match[0]
        total = f"(Σ_{{{letter}}}(({_ENTRY.sub(at_entry, inside)})^2))"
        return total if match[2] else f"sqrt{total}"

    def product(match: re.Match[str]) -> str:
        one, other = match[1] or match[3], match[2] or match[4]
        if not of_rows(one) or not of_rows(other):
            return match[0]
        one, other = (_ENTRY.sub(at_entry, side.strip()) for side in (one, other))
        return f"(Σ_{{{letter}}}({one}·{other}))"

    def entry(inside: str) -> str | None:
        return _ENTRY.sub(at_entry, inside) if of_rows(inside) else None

    formula = of_rows_written(_LENGTHS.sub(length, formula), entry, letter)
    return _PRODUCTS.sub(product, formula)


def _with_entries(formula: str) -> str:
    """bᵀ v beside v[i] as the sum of b[i]·v[i]: what has entries somewhere has them everywhere."""

    def written(match: re.Match[str]) -> str:
        b, v = match[1], match[2]
        at = [re.search(rf"(?<![^\W_]){re.escape(n)}\[\s*([a-z])\s*\]", formula) for n in (b, v)]
        letter = next((found[1] for found in at if found), None)
        return f"(Σ_{{{letter}}}({b}[{letter}]·{v}[{letter}]))" if letter else match[0]

    return _OF_VECTORS.sub(written, formula)


def _squares_written(formula: str) -> str:
    """‖w‖² beside w[d], as a sum of squares."""

    def written(match: re.Match[str]) -> str:
        used = re.search(rf"(?<!\w){re.escape(match[1])}\[([a-z,\s]*)\]", formula)
        return f"(Σ_{{{used[1]}}}({match[1]}[{used[1]}]^2))" if used else match[0]

    return _SQUARED.sub(written, formula)


def with_whole_inverse(formula: str) -> str:
    """A⁻¹ that is all of a right side, as inverse(A)."""
    match = INVERSE.fullmatch(formula.strip())
    return (
        f"inverse({(match['name'] or match['called']).replace('Σ', 'Sigma')})" if match else formula
    )
