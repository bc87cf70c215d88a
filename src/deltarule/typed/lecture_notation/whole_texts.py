"""What is put into another notation in all of a text: names of squares, steps ahead, einsum.

σ² = mean((x − μ)²); y = x/√(σ² + ε)      σ_sq for σ²
u[t+1, i] = u[t, i] + r·u[t, i−1]          u[t, i] = u[t−1, i] + …, wherever u stands
Y = einsum('nd,dm->nm', X, W)              Y[n, m] = Σ_d X[n, d]·W[d, m]
"""

from __future__ import annotations

import re

from deltarule.formulas.einstein import parted
from deltarule.typed.lecture_notation.arguments_at_indices import with_arguments_at_indices
from deltarule.typed.lecture_notation.deviations import with_deviations
from deltarule.typed.lecture_notation.dot_products import with_turned_rows
from deltarule.typed.lecture_notation.entropies import with_entropies
from deltarule.typed.lecture_notation.greek_indices import with_latin_indices
from deltarule.typed.lecture_notation.inverses_left import with_inverses_right
from deltarule.typed.lecture_notation.label_subscripts import with_labels_in_brackets
from deltarule.typed.lecture_notation.last_times import with_last_times
from deltarule.typed.lecture_notation.lecture_signs import in_plain_signs
from deltarule.typed.lecture_notation.lecture_words import in_own_words_of_lectures
from deltarule.typed.lecture_notation.letters_at_indices import with_matrices_apart
from deltarule.typed.lecture_notation.letters_beside import with_products_apart
from deltarule.typed.lecture_notation.moments import with_moments
from deltarule.typed.lecture_notation.normal_distribution import with_normal_distribution
from deltarule.typed.lecture_notation.objectives import with_objectives
from deltarule.typed.lecture_notation.own_functions import with_functions_put_in
from deltarule.typed.lecture_notation.primes_of_programs import with_transposes
from deltarule.typed.lecture_notation.probabilities import with_probabilities
from deltarule.typed.lecture_notation.rates_of_change import with_primes
from deltarule.typed.lecture_notation.sorted_values import with_sorted_values
from deltarule.typed.lecture_notation.states_and_neighbours import with_brackets_for_states
from deltarule.typed.lecture_notation.subscripts_below import with_indices_in_brackets
from deltarule.typed.lecture_notation.totals_and_terms import with_terms_named

_SQUARE = r"\s*(?:²|\^\s*2(?!\w)|\^\{2\}|\*\*\s*2(?!\w))"
_SQUARES_LEFT = re.compile(
    rf"(?:^|[;\n])\s*([^\W\d](?:(?!²)\w)*){_SQUARE}\s*(?:\[[^\[\]]*\]|_\w)?\s*:?=(?!=)"
)
_SQUARED_ENTRIES_LEFT = re.compile(
    rf"(?:^|[;\n])\s*([^\W\d](?:(?!²)\w)*)\[[^\[\]]*\]{_SQUARE}\s*=(?!=)"
)
_AHEAD_LEFT = re.compile(r"(?:^|[;\n])\s*([^\W\d]\w*)\[\s*([a-z])\s*\+\s*1\s*[,\]][^=\n;]*?=(?!=)")
#: Words before an equation, and between one and those that explain it.
_LEADING = re.compile(r"(^|[;\n])\s*(?:let|define|where|with|and)\s+(?=[^\W\d]\w*[^=;\n(]*=)")
_BEHIND = re.compile(r"\s*,?\s+(?:where|with)\s+(?=[^\W\d]\w*(?:\[[^\[\]]*\])?\s*=(?!=))")
_SQUARE_BEFORE = rf"(?:{_SQUARE})?"
_FUNCTIONS_LEFT = re.compile(
    rf"(?:^|[;\n])\s*([^\W\d]\w*[\u0300-\u036f]*{_SQUARE_BEFORE})(\s*)\("
    r"(\s*(?:\\?[^\W\d]\w*\s*(?:[,;|‖]|\\,|\\\||\\mid|\s)*)+)\)\s*:?=(?!=)"
)
#: A function that has a name here, as it is defined: σ(x) = 1/(1 + e^{−x}).
_KNOWN_LEFT = re.compile(
    r"((?:^|[;\n])\s*)(?:\\?(?:sigma|tanh|sinh|cosh)|σ|softplus|sigmoid|relu|ReLU|erf|softmax|logsumexp)"
    r"\s*\(\s*[a-z]\s*\)\s*(?=:?=(?!=))"
)
#: A row behind a transpose, x_iᵀx_j and x_i^Tx_j: a name of its own.
_ROW_TURNED = re.compile(r"(?<=[ᵀ⊤])(?=[^\W\d_][\u0300-\u036f]*(?:_|\[))|(?<=[\w})]\^T)(?=[a-z]_)")
_INFINITE = re.compile(
    r"(?<![\w.])(?:(?:np|numpy|math|torch|jnp)\.)?(?:oo|[Ii]nf|Infinity)(?![\w(\[])"
    r"|(?<![\w.])float\(\s*(['\"])inf(?:inity)?\1\s*\)"
)
_WORDS = ("sigma", "σ", "sum", "log", "exp", "tanh")
_EINSUM = re.compile(
    r"(?:(?:np|numpy|torch|jnp)\.)?einsum\(\s*(['\"])([^'\"]*)\1\s*,\s*(\w+(?:\s*,\s*\w+)*)\s*\)"
)


def in_one_notation(text: str) -> str:
    """The text with names for squares that are given, steps back instead of ahead, and without the
    arguments of f(x) = … and the words around equations."""
    text = with_sorted_values(text)
    text = with_inverses_right(with_arguments_at_indices(with_objectives(text)))
    text = with_moments(with_normal_distribution(text))
    text = with_probabilities(with_entropies(with_primes(with_functions_put_in(text))))
    text = with_brackets_for_states(with_terms_named(_ROW_TURNED.sub(" ", text)))
    text = with_labels_in_brackets(in_own_words_of_lectures(text))
    text = with_turned_rows(with_matrices_apart(text))
    text = with_deviations(in_plain_signs(text))
    text = with_transposes(with_latin_indices(text))
    text = with_products_apart(with_indices_in_brackets(with_last_times(text)))
    text = _INFINITE.sub("∞", _LEADING.sub(r"\1", text))
    text = _BEHIND.sub("; ", text)
    text = _KNOWN_LEFT.sub(lambda m: f"{m[1]}{_free(text)} ", text)
    for name, blank, arguments in dict.fromkeys(_FUNCTIONS_LEFT.findall(text)):
        if name not in _WORDS and not _are_indices(arguments, text):
            text = text.replace(f"{name}{blank}({arguments})", f"{name} ")
    for name in dict.fromkeys(_SQUARES_LEFT.findall(text)):
        text = re.sub(rf"(?<!\w){re.escape(name)}{_SQUARE}", f"{name}_sq", text)
    for name in dict.fromkeys(_SQUARED_ENTRIES_LEFT.findall(text)):
        text = re.sub(rf"(?<!\w){re.escape(name)}(\[[^\[\]]*\]){_SQUARE}", rf"{name}_sq\1", text)
    for name, time in dict.fromkeys(_AHEAD_LEFT.findall(text)):
        text = _stepped_back(text, name, time)
    return text


def _free(text: str) -> str:
    """A name for what comes out that a text has not."""
    return next(
        (n for n in ("y", "f", "out") if not re.search(rf"(?<!\w){n}(?!\w)", text)), "y_out"
    )


def _are_indices(arguments: str, text: str) -> bool:
    """Whether what stands in parentheses are the indices of other tensors, as in y(n) = x[n]."""
    inside = " ".join(re.findall(r"[^\W\d_]\w*\[([^\[\]]*)\]", text))  # and not of 1[u < 0]
    used = set(re.findall(r"[^\W\d]\w*", inside))
    return {a.strip() for a in arguments.split(",")} <= used


def _stepped_back(text: str, name: str, time: str) -> str:
    """Each read of a state one time earlier, as its equation gives the time after."""

    def earlier(match: re.Match[str]) -> str:
        shift = int((match[2] or "0").replace(" ", "").replace("−", "-")) - 1
        return f"{name}[{time}{shift:+d}" if shift else f"{name}[{time}"

    text = re.sub(
        rf"(?<!\w){re.escape(name)}\[\s*({time})\s*([-+−]\s*\d+)?(?=\s*[,\]])", earlier, text
    )
    return re.sub(
        rf"((?:^|[;\n])\s*{re.escape(name)}\[)\s*0(?=\s*[,\]][^=;\n]*=(?!=))", r"\g<1>-1", text
    )


def einsum_in(formula: str) -> tuple[str, tuple[str, ...], str] | None:
    """An einsum of names in a formula: as it is written, the letters of its result, and the sum."""
    match = _EINSUM.search(formula)
    letters = parted(match[2]) if match else None
    if match is None or letters is None:
        return None
    operands, result = letters
    names = [n.strip() for n in match[3].split(",")]
    if len(names) != len(operands):
        return None
    product = "·".join(f"{n}[{','.join(at)}]" for n, at in zip(names, operands, strict=True))
    over = [c for c in dict.fromkeys("".join(operands)) if c not in result]
    return match[0], tuple(result), f"Σ_{{{','.join(over)}}}({product})" if over else product
