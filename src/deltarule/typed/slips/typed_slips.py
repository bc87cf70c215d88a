"""Slips in a typed equation, seen in the text as it was typed, before anything is made of it.

Each is said with the piece of text that it is about and with what to write: y[n] = x(n) reads as a
product, y[n] = x[n][m] as a comparison that is missing, and Sum[d in D](…) as a bracket too few.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Collection, Iterator
from functools import partial

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError
from deltarule.formulas.call_arguments import KEYWORDS
from deltarule.formulas.index_calls import LARGE
from deltarule.typed.lecture_notation.means_over import of_means
from deltarule.typed.lecture_notation.nesting import closed, split_at
from deltarule.typed.slips.slip_parts import NAME, REDUCTION, Slip, argument
from deltarule.typed.slips.slips_of_brackets import of_brackets
from deltarule.typed.slips.slips_of_functions import before_names, of_functions, of_other_lines
from deltarule.typed.slips.slips_of_indices import (
    entries_in_parentheses,
    in_reductions,
    in_subscripts,
)
from deltarule.typed.slips.slips_of_quotients import in_quotients
from deltarule.typed.slips.slips_of_words import of_words

#: Full-width signs of other keyboards, and those that they are.
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}

#: What is written for a word of Python's.
_INSTEAD = {
    "in": "Sum[d](…), in which d runs over its axis",
    "for": "Sum[d](…), in which d runs over its axis", "import": "functions without a library",
    "def": "the equation alone: y = tanh(W x)", "return": "what comes out with a name: y = …",
    "while": "a state: h[t] = … h[t-1] …", "class": "the equation alone: y = tanh(W x)",
}  # fmt: skip
#: Words of Python's that are read as such, and one of which another line tells.
_READ = ("lambda", "if", "else", "None", "and", "or", "not", "True", "False")
#: What a keyword is given: axis=1, keepdims=True.
_KEYWORD = re.compile(rf"(?<=[(,])\s*(?:{'|'.join(sorted(KEYWORDS))})\s*=(?!=)")
#: MATLAB's A \ b, which no LaTeX has.
_FROM_THE_LEFT = re.compile(r"([^\W\d]\w*|\([^()]*\)) \\ ([^\W\d]\w*|\([^()]*\))")
#: Signs that no formula has, what is said of them, and what to write.
_STRANGE = (
    (r"[+*/]=(?!=)", "{} changes what is there already", "write the whole: y[n] = y0[n] + …"),
    (r"→|->|←|<-", "{} is no sign of an equation", "write ="),
    (r"[“”\"‘]", "a quotation mark stands in the formula", "leave the quotation marks out"),
    (r"(?:^|[=(+*/,])\s*@|@\s*$", "@ stands between two matrices", "write x @ W"),
    (r"%", "% is no sign of a formula", "write a mod b, or 0.05 for 5 %"),
    (r"=\s*if\b", "if stands before the value",
     "write where(x[n] > 0, a, b), or a if x[n] > 0 else b"),
    (r"(?:^|=)\s*(?:arg)?(?:min|max)_\{?[A-Zwbθβαμξ]\w*\}?\s(?=\s*[^(\s])",
     "{} says what is looked for, and is no loss", "write the loss alone: L = ½‖w‖² + …"),
    (r"\[[^\[\]]*(?:\w|\])\s+‖\s*[^\[\]]+\]"
     r"|(?<=[A-Z]) ?\[(?!state)\w+_\{?t?[^\[\]]*,[^\[\]]*_[^\[\]]*\]",
     "{} puts two vectors together", "write a matrix for each: W h + U x for W[h, x]"),
    (r"(?<=[A-Za-z\])])\s*∗\s*(?=[A-Za-z(])", "∗ is a convolution, and says no indices",
     "write y[n] = Σ_k x[n-k] w[k], or · and ⊙ for products"),
    (r"\barg\s?(?:max|min)_", "{} is a position, and has no gradient",
     "write the value that is largest, max_k p_k, or the loss"),
    (r"\?", "? is no sign of a formula", "leave it out"),
    (r"(?<![=<>!:])=(?!=)[^=;\[({]*(?<![=<>!:])=(?!=)", "an equation with two signs =",
     "write one equation on a line, or part them by semicolons"),
)  # fmt: skip


_SMALL = re.compile(rf"(?<![\w.\\])({'|'.join(LARGE)})\s*\[")


def narrow(text: str) -> str:
    """The text with ordinary signs for full-width ones, and Sum_n and Sum(…) as Σ_n and sum(…)."""
    text = text.translate(_WIDE)
    text = re.sub("(⁻?)(?:¹ᐟ²|½(?<=⁻½))", lambda m: f"^({m[1] and '-'}1/2)", text)
    text = re.sub(r"\bSum(?=_)", "Σ", text)
    for match in reversed(list(_SMALL.finditer(text))):
        end = closed(text, match.end() - 1)
        if end and text[end:].lstrip()[:1] == "(":
            text = f"{text[: match.start()]}{LARGE[match[1]]}{text[match.end(1) :]}"
    return re.sub(REDUCTION + r"(?=_|\s*\()", lambda m: m[1].lower(), text)


#: e^{−iωt}, in LaTeX, too.
_COMPLEX = re.compile(
    r"(?:e\^\{[^{}]*|\\?exp\s*(?:\\left\s*)?\([^()]*)(?<![\w_\\])"
    r"(?:i\s?(?:[kωnxt2π]|\\pi)|j\s?(?:ω|2|π|\\pi))(?!_)[^{}()]*[})]"
)


def refuse_slips(part: str, place: str, given: Collection[str] = ()) -> None:
    """Raises DeltaruleError for the first slip of one equation as it was typed; `given` are the
    names that lines give."""
    latex = "\\" in part and not _FROM_THE_LEFT.search(part)
    # LaTeX has brackets and words of its own.
    slips = (_complex, of_other_lines) if latex else _SLIPS
    for find in (*slips, partial(before_names, given=given)):
        for slip in find(part):
            raise DeltaruleError(
                slip.fact,
                f"{shortened(part[slip.start : slip.end].strip())}, character {slip.start + 1} of "
                f"{place}",
                slip.remedy,
            )


def _complex(part: str) -> Iterator[Slip]:
    for match in _COMPLEX.finditer(part):
        fact = f"{match[0]} is complex, and numbers are real here"
        yield Slip(fact, *match.span(), "write cos(k n) and sin(k n)")


def _brackets(part: str) -> Iterator[Slip]:
    closing, opened = {")": "(", "]": "[", "}": "{"}, []
    for k, sign in enumerate(part):
        if sign in closing.values():
            opened.append(k)
        elif sign in closing:
            if not opened or part[opened[-1]] != closing[sign]:
                if sign in ")]" and opened and part[opened[-1]] in "([":
                    return  # (0, 1] may be an interval
                yield Slip(
                    f"{sign} closes nothing", k, k + 1, f"leave it out, or open it: {closing[sign]}"
                )
                return
            opened.pop()
    if opened:
        start, sign = opened[0], part[opened[0]]
        close = {"(": ")", "[": "]", "{": "}"}[sign]
        yield Slip(f"{sign} is never closed", start, len(part), f"close it: {close}")


def _of_matlab(part: str) -> Iterator[Slip]:
    for match in _FROM_THE_LEFT.finditer(part):
        remedy = f"write inv({match[1]}) {match[2]}"
        yield Slip("\\ divides from the left in MATLAB, and is nothing here", *match.span(), remedy)


def _words_of_python(part: str) -> Iterator[Slip]:
    begins = re.match(r"\s*(?:el)?(?:if|se)\b([^:=]*):\s*(?:([^=]+)=\s*(.*))?$", part)
    if begins:
        condition, left, value = (text and text.strip() for text in begins.groups())
        written = f"{left or 'y'} = where({condition or 'x > 0'}, {value or 'x'}, 0)"
        yield Slip("a line begins with if", *begins.span(), f"write {written}, with 0 elsewhere")
    for match in re.finditer(NAME, part):
        word = match[0]
        if keyword.iskeyword(word) and word not in _READ:
            instead = f"write {_INSTEAD[word]}" if word in _INSTEAD else "give it another name"
            yield Slip(f"{word} is a word of Python's", *match.span(), instead)
    found = re.search(r"\blambda\s+\w+\s*:", part)
    if found:
        yield Slip("a function of Python's", *found.span(), "write what it gives, as 2·z[n]")


def _alone(part: str) -> Iterator[Slip]:
    """Words that join statements, where no statement is asked for."""
    if re.search(r"\bif\b", part):
        return
    for match in re.finditer(r"(?<![\w.])(and|or|not)(?!\w)", part):
        before = part[: match.start()]
        if all(before.count(o) <= before.count(c) for o, c in ("()", "[]")):
            yield Slip(
                f"{match[0]} joins statements, and gives no number",
                *match.span(),
                "write where(x[n] > 0 and z[n] > 0, a, b), or [x[n] > 0 and z[n] > 0], which is 1 "
                "where both hold",
            )


def _signs(part: str) -> Iterator[Slip]:
    quoted = re.sub(r"einsum\(\s*(['\"]).*?\1", lambda m: " " * len(m[0]), part)
    quoted = _KEYWORD.sub(lambda m: " " * len(m[0]), quoted)
    for pattern, fact, remedy in _STRANGE:
        for match in re.finditer(pattern, quoted):
            yield Slip(fact.format(match[0].strip()), *match.span(), remedy)


def _infinite(part: str) -> Iterator[Slip]:
    for match in re.finditer(r"(?<![\w.])(?:np\.|math\.)?(nan|NaN)(?![\w(])", part):
        yield Slip(f"{match[0]} is no number to calculate with", *match.span(), "write a number")
    for match in re.finditer(r"\b(?:log|ln)\(\s*0\s*\)", part):
        yield Slip(f"{match[0]} is −∞", *match.span(), "write the logarithm of a positive number")


_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}")


def _choices(part: str) -> Iterator[Slip]:
    for match in re.finditer(r"\bwhere\(", part):
        inside = argument(part, match.end() - 1)
        arguments = split_at(inside[1:-1], ",")
        example = "write where(x[n] > 0, a, b)"
        if len(arguments) != 3:
            yield Slip(
                f"where(…) of {len(arguments)} things",
                match.start(),
                match.start() + len("where") + len(inside),
                f"it takes a statement and two values: {example}",
            )
        elif not re.search(r"[<>=≠≤≥]|\[", re.sub(rf"{NAME}\[[^\]]*\]", "x", arguments[0])):
            yield Slip(
                f"{arguments[0].strip()} is no statement",
                match.start(),
                match.end() + len(arguments[0]),
                f"compare it: {example}",
            )
    right = part.partition("=")[2] if re.match(r"[^=<>]*=(?!=)", part) else ""
    outside = right
    while outside != (outside := _BRACKETS.sub("", outside)):
        pass
    compared = re.search(r"<=|>=|[<>≤≥≠]", outside)
    if compared and not re.search(r"\bif\b|⟨|<[^<>]*,[^<>]*>", right):
        start = len(part) - len(right)
        yield Slip(
            f"{compared[0]} compares, and gives no number by itself",
            start,
            len(part),
            "write [x[n] > 0], which is 1 where it holds and 0 elsewhere, or where(x[n] > 0, a, b)",
        )


_SLIPS: tuple[Callable[[str], Iterator[Slip]], ...] = (
    _of_matlab, _complex, _brackets, of_brackets, _signs, _words_of_python, _alone, of_words,
    in_reductions, in_subscripts, entries_in_parentheses, of_functions, in_quotients, _choices,
    _infinite, of_means,
)  # fmt: skip
