r"""Functions that a line gives and others call: k(x, z) = exp(−‖x − z‖²/2); K_ij = k(x_i, x_j).

f(x) = wᵀx + b, f(x) = W₁x, f(x) = Wx     an argument may be glued to ᵀ, a digit or a capital
\rho_\tau(u) = …, \mathrm{sim}(u, v) = …   names of LaTeX, and words
d(z, z') = ‖z − z'‖²                       a second argument with a prime
RMS(a) = √(Σ_i a_i²)                       entries of an argument: RMS(h_t) reads h_{t,i}
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from deltarule.spelling.name_parts import GREEK
from deltarule.typed.lecture_notation.nesting import closed, split_at
from deltarule.typed.quantities.typed_names import CALLED, WORDS

_FONT = r"\\(?:mathrm|operatorname|text|textrm|mathsf|mathit)\s*"
_NAME = (
    rf"(?:{_FONT}\{{\s*[A-Za-z]+\s*\}}|\\[A-Za-z]+|[^\W\d_]+)"
    r"(?:_(?:\\[A-Za-z]+|\w|\{\s*\\?[A-Za-z]+\s*\}))?"
)
_OPENS = r"(?:\\left\s*)?\("
_PRIME = r"(?:['′]|\^\{?\\prime\}?)"
_PARAMETER = rf"(?:\\(?:mathbf|boldsymbol|bm|vec)\s*\{{?\s*)?\\?[^\W\d_]+\s*\}}?{_PRIME}?"
_GIVEN = re.compile(
    rf"(?:^|(?<=[;\n]))\s*({_NAME})\s*{_OPENS}\s*({_PARAMETER}(?:\s*,\s*{_PARAMETER})*)"
    r"\s*(?:\\right\s*)?\)\s*:?=(?!=)([^;\n]*)(?:[;\n]|$)"
)
_BOLD = re.compile(
    r"\\(?:mathbf|boldsymbol|bm|vec)\s*(?:\{\s*(\\?[^\W\d_]+)\s*\}|(?<=\s)([^\W\d_])(?![^\W\d_]))"
)
#: Functions that are known by such a letter, and tables of states and actions.
_KNOWN = frozenset({*CALLED, *WORDS, "V", "Q", "π", "p", "P", "q", "pi"})
#: Words that are functions here, of which a text may have its own.
_OWN = frozenset({"sim", "cos_sim", "cossim"})
#: Lowered and raised signs, which end a name.
_MARKS = "₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵀ"
_LETTER = rf"[^\W\d_{_MARKS}]"
_BELOW = re.compile(rf"_([a-z])(?![^\W_{_MARKS}]|\()|_\{{\s*([a-z](?:\s*,?\s*[a-z])*)\s*\}}")
_INDEXED = re.compile(
    r"\s*((?:\\[A-Za-z]+|[^\W\d])\w*?[\u0300-\u036f]*)"
    r"(?:_(\w)|_\{([^{}]*)\}|\[([^\[\]]*)\])?[\u0300-\u036f]*\s*"
)
_OVER = re.compile(
    r"(?:[Σ∑Π∏]|\\(?:sum|prod)(?![A-Za-z]))\s*_(?:([a-z])(?![A-Za-z])|\{\s*([a-z])\b)"
)
_MOST = 20


def with_functions_put_in(text: str) -> str:
    """A text in which each call of such a function is what its line says, without that line."""
    for name in dict.fromkeys(m[1] for m in _GIVEN.finditer(text)):
        match = next((m for m in _GIVEN.finditer(text) if m[1] == name), None)
        word = _word(name)
        if match is None or (word in _KNOWN and word not in _OWN):
            continue
        call, rest = _call_of(name, word), text.replace(match[0], "", 1)
        parameters = [_unbold(p).strip() for p in match[2].split(",")]
        body = _apart(_unbold(match[3]).strip(), parameters)
        if call.search(body):
            continue
        if (
            len(word) > 1
            and not name.startswith("\\")
            and not _is_of_others(rest, call, parameters)
        ):
            text = _with_one_spelling(text, call, name.replace(" ", ""), word)
            continue
        called = _put_in(rest, call, parameters, body)
        if called != rest:
            text = called.strip(" ;\n")
    return text


def _word(name: str) -> str:
    """A function's name without font and subscript."""
    found = re.match(rf"{_FONT}\{{\s*([A-Za-z]+)", name)
    return found[1] if found else name.removeprefix("\\").partition("_")[0]


def _call_of(name: str, word: str) -> re.Pattern[str]:
    """Where a function is called: a word in any font."""
    below = name.removeprefix("\\").partition("_")[2].strip("{} ")
    font = rf"{_FONT}\{{\s*{word}\s*\}}|" if len(word) > 1 else ""
    letter = f"|{GREEK[word]}" if word in GREEK else ""
    lower = rf"_\{{?\s*{re.escape(below)}\s*\}}?" if below else r"(?!_)"
    spelled = (
        rf"\\{word}|(?<![\w\\])(?:{word}{letter})" if name[0] == "\\" else rf"(?<![\w\\]){word}"
    )
    return re.compile(
        rf"(?:{font}{spelled}){lower}\s*{_OPENS}" if len(word) > 1 else rf"{spelled}{lower}{_OPENS}"
    )


def _arguments(text: str, opened: int) -> tuple[list[str], int]:
    """What stands in the parentheses that open before a place, and where they end, or 0."""
    end = closed(text, opened - 1)
    inside = re.sub(r"\\right\s*$", "", text[opened : end - 1]) if end else ""
    return [_unbold(a).strip() for a in split_at(inside, ",")], end


def _is_of_others(text: str, call: re.Pattern[str], parameters: list[str]) -> bool:
    """Whether a function is called of anything but the letters that it is given by."""
    found = [_arguments(text, m.end())[0] for m in call.finditer(text)]
    return any(a != parameters for a in found)


def _with_one_spelling(text: str, call: re.Pattern[str], name: str, word: str) -> str:
    """A text in which a function is written alike wherever it is called: RMS(a)."""
    plain = name if "_" in name else word
    for match in reversed(list(call.finditer(text))):
        arguments, end = _arguments(text, match.end())
        if end:
            text = f"{text[: match.start()]}{plain}({', '.join(arguments)}){text[end:]}"
    return text


def _put_in(text: str, call: re.Pattern[str], parameters: list[str], body: str) -> str:
    for _ in range(_MOST):
        match = call.search(text)
        if match is None:
            return text
        arguments, end = _arguments(text, match.end())
        if not end or len(arguments) != len(parameters):
            return text
        given = dict(zip(parameters, arguments, strict=True))
        whole = _of(_with_own_indices(body, " ".join(arguments)), given)
        before = re.sub(r"(?<=[\w}])$", " ", text[: match.start()])  # no argument of that
        text = f"{before}({whole}){text[end:]}"
    return text


def _of(body: str, given: Mapping[str, str]) -> str:
    """What a function is of its arguments."""
    longest = sorted(given, key=len, reverse=True)
    one = "|".join(re.escape(p).replace("′", "['′]") for p in longest)
    entry = re.compile(
        rf"(?<!{_LETTER})(?<!\\)({one})(?:(?![^\W{_MARKS}]|[(\['′])|(?={_BELOW.pattern}))"
        rf"(?P<below>{_BELOW.pattern})?"
    )

    def written(match: re.Match[str]) -> str:
        argument, below = given[match[1]], match["below"] or ""
        plain = _INDEXED.fullmatch(argument)
        if not below:
            raised = match.string[: match.start()].rstrip().endswith("^")
            inner = argument if plain else f"({argument})"
            return f"{{{inner}}}" if raised and len(argument) > 1 else inner
        if not plain:  # an entry of what is no name
            return f"({argument}){below}"
        at = plain[2] or plain[3] or plain[4] or ""
        inner = ",".join(re.findall(r"[a-z]", below))
        return f"{plain[1]}_{{{at},{inner}}}" if at else f"{argument}{below}"

    return entry.sub(written, body)


def _with_own_indices(body: str, arguments: str) -> str:
    """A body whose sums run over other letters than the arguments have below them."""
    taken = {c for m in re.finditer(r"[_\[]\{?([^{}\[\]\s]+)", arguments) for c in m[1]}
    for index in dict.fromkeys(m[1] or m[2] for m in _OVER.finditer(body)):
        if index in taken:
            free = (c for c in "dmklrsuv" if c not in taken and not re.search(rf"{c}\b", body))
            other = next(free, index)
            below = re.compile(rf"_\{{[^{{}}]*\}}|\[[^\[\]]*\]|_{index}(?![^\W_{_MARKS}])")
            body = below.sub(
                lambda m, i=index, o=other: re.sub(rf"(?<![A-Za-z]){i}", o, m[0]), body
            )
    return body


def _apart(body: str, parameters: list[str]) -> str:
    """A body with blanks before parameters that are glued to one other letter: Wx, ax + b."""
    for p in parameters:
        if not re.fullmatch(r"[a-z]", p):
            continue
        known = "|".join(w[0] for w in {*_KNOWN, *GREEK} if re.fullmatch(rf"[A-Za-z]{p}", w))
        other = rf"(?!{known})[A-Za-ce-z]" if known else "[A-Za-ce-z]"
        ends = rf"(?![^\W{_MARKS}]|[(\['′]|\s+[^\W\d]|\s+\()"  # Wx x has a name Wx
        body = re.sub(rf"(?<!{_LETTER})(?<![\\_])({other})({p}){ends}", r"\1 \2", body)
    return body


def _unbold(text: str) -> str:
    return _BOLD.sub(lambda m: m[1] or m[2], text)
