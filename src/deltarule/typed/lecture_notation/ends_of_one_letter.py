r"""Sums whose letters do not tell their axes apart, each with a letter of its own.

    1/m Σ_{i=1}^{m} x_i − 1/n Σ_{i=1}^{n} y_i     i runs to m, and to n: one of them is k
    L = … + 1/M Σ_{l=1}^{M} log p_l               l along M, as L is the loss: it is m
    \frac{2}{mn} Σ_{i=1}^{m} Σ_{j=1}^{n}          m n, as either is an end

One entry of a tensor under sums that end elsewhere, Σ_{i=1}^{k} λ_i/Σ_{j=1}^{d} λ_j, is refused.
"""

from __future__ import annotations

import re

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError
from deltarule.formulas.tokens import deeper
from deltarule.typed.lecture_notation.ends_in_texts import ENDS, ends_of

_BELOW = re.compile(r"_\{[^{}]*\}|_[a-z]+(?![A-Za-z0-9_])|\[[^\[\]]*\]")
_AT = re.compile(
    r"(?<!\\)\b([^\W\d_]\w*?|\\[A-Za-z]+)(_\{[^{}=]*\}|_[a-z]+(?![A-Za-z0-9_])|\[[^\[\]]*\])"
)
_LETTERS = "kjimnrpqlsuvabcgh"


def with_letters_apart(text: str) -> str:
    """The text with another letter for each index that runs to two ends, or whose capital is
    something else."""
    text = _with_counts_apart(text)
    while (found := _shared(text)) is not None:
        match, index, high = found
        letters = ((high.lower(),) if len(high) == 1 and high.isupper() else ()) + (*_LETTERS,)
        used = set(re.findall(r"(?<![A-Za-z\\])[A-Za-z](?![A-Za-z])", text)) | running(text)
        used = {c for c in used if c != high or high.islower()}
        fresh = next((c for c in letters if not {c, c.upper()} & used), None)
        if fresh is None:
            return text
        end = scope(text, match, index)
        inside = _renamed(text[match.start() : end], index, fresh, running(text))
        text = f"{text[: match.start()]}{inside}{text[end:]}"
    return text


def _shared(text: str) -> tuple[re.Match[str], str, str] | None:
    """The first sum whose index needs another letter, the index and its end."""
    known: dict[str, str] = {}
    rest = ENDS.sub(" ", text)
    for match, index, _, high in ends_of(text):
        if is_index(high.name, text) or not counts(high.name, text):
            continue
        capital = index.upper()
        if known.setdefault(index, high.name) != high.name:
            return match, index, high.name
        if capital != high.name and stands(high.name, rest) and stands(capital, rest):
            return match, index, high.name
    return None


def scope(text: str, match: re.Match[str], index: str) -> int:
    """Where what a sum is of ends: with the bracket around it, its line, or its letter's next."""
    depth = 0
    again = re.compile(rf"{ENDS.pattern}|(?:[Σ∑Π∏]|\\(?:sum|prod))\s*_\s*\{{?\s*{index}\b")
    for k in range(match.end(), len(text)):
        sign = text[k]
        depth += deeper(sign)
        next_one = again.match(text, k)
        if depth < 0 or sign in ";\n" or (next_one and index in _over(next_one)):
            return k
    return len(text)


def _over(match: re.Match[str]) -> str:
    return match["index"] or match["index1"] or match["index2"] or match[0][-1]


def _renamed(text: str, index: str, fresh: str, letters: set[str]) -> str:
    alone = re.compile(rf"(?<![A-Za-z\\]){index}(?![A-Za-z])")

    def below(match: re.Match[str]) -> str:
        together = re.fullmatch(r"(_\{?)([a-z]{2,4})(\}?)", match[0])
        if together and set(together[2]) <= letters:
            return f"{together[1]}{together[2].replace(index, fresh)}{together[3]}"
        return match[0]

    return alone.sub(fresh, _BELOW.sub(below, text))


def _with_counts_apart(text: str) -> str:
    """m n for mn, where either is an end of a sum."""
    names = "".join({h.name for _, _, _, h in ends_of(text) if len(h.name) == 1})
    if len(names) < 2:
        return text
    pair = re.compile(rf"(?<![A-Za-z_\\])(?<!_\{{)([{names}])([{names}])(?![A-Za-z_(\[])")
    return pair.sub(r"\1 \2", text)


def running(text: str) -> set[str]:
    """The letters below sums, and left of =."""
    over = re.findall(r"(?:[Σ∑Π∏]|\\(?:sum|prod))\s*_\s*(?:\{([^{}]*)\}|([a-z]))", text)
    over += re.findall(
        r"(?:^|[;\n])\s*[^\W\d_][^\W_]*(?:_\{|_|\[)([^{}=\[\]]*)([\]}]?)\s*=(?!=)", text
    )
    return {c for pair in over for c in re.findall(r"[a-z]", "".join(pair))}


def refuse_two_ends(text: str) -> None:
    """Raises DeltaruleError for an axis along which two sums end elsewhere, as at k and at d, and
    for a sum that ends elsewhere for each index, at T_n."""
    known: dict[tuple[str, int], tuple[str, str]] = {}
    for match, index, low, high in ends_of(text):
        name, _, below = high.name.partition("_")
        if below.isalpha() and below in running(text):
            raise DeltaruleError(
                f"{index} runs to {high.name}, which is another number for each {below}",
                f"the formula {shortened(text)}",
                f"write one length for all, {name}; entries that some have not are left out by a "
                f"factor that is 1 or 0, as m_{{{below},{index}}}",
            )
        if is_index(high.name, text) or not counts(high.name, text) or low.name or high.number:
            continue
        for entry in _AT.finditer(text, match.end(), scope(text, match, index)):
            below = re.sub(r"[_{}\[\]\s]", "", entry[2])
            at = below.split(",") if "," in below else list(below)
            for k, letter in enumerate(at):
                one, end = (
                    known.setdefault((entry[1], k), (entry[0], high.name))
                    if letter == index
                    else ("", high.name)
                )
                if end != high.name:
                    raise DeltaruleError(
                        f"{one} is summed to {end}, and {entry[0]} to {high.name}, along one axis",
                        f"the formula {shortened(text)}",
                        f"write one end for both, and for some of the entries a number, as "
                        f"Σ_{{{index}=1}}^{{3}}",
                    )


def is_index(letter: str, text: str) -> bool:
    """Whether a small letter stands below a name, or a sum: t of y_t, x[t], x_{s,t}."""
    if not letter.islower():
        return False
    if any(index == letter for _, index, _, _ in ends_of(text)):
        return True
    inside = r"_\{[^{}]*\b%s\b[^{}]*\}|_%s(?!\w)|\[[^\[\]]*\b%s\b[^\[\]]*\]"
    return bool(re.search(inside % ((letter,) * 3), ENDS.sub(" ", text)))


def counts(name: str, text: str) -> bool:
    """Whether a letter is no tensor: it has no subscripts, and no line gives it; n(n − 1) is a
    product."""
    product = rf"(?:{name}\s*[-−+]\s*\d|[Σ∑Π∏]|\\(?:sum|prod)(?![A-Za-z]))"
    rest = re.sub(rf"(?<![\w\\]){name}\s*\(\s*(?={product})", "(", text)
    rest = ENDS.sub(" · ", rest)
    return not re.search(rf"(?<![\w\\]){name}\s*(?:[\[(ᵀ⊤']|_(?!\d)|=(?!=)|\^\{{?[T⊤])", rest)


def stands(name: str, text: str) -> bool:
    """Whether a name stands in a text, perhaps behind a number."""
    return bool(re.search(alone(name), text))


def alone(name: str) -> str:
    """A pattern of the name by itself, behind a number, too: m of 2m."""
    return rf"(?<![^\W\d])(?<!\\){name}(?!\w)"
