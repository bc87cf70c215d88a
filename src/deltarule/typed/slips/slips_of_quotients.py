"""A quotient before a product without a sign: x²/2σ² and a / b c can be read in two ways."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deltarule.formulas.tokens import deeper
from deltarule.typed.quantities.usual_letters import COUNTS, usual_rank
from deltarule.typed.slips.slip_parts import KNOWN, Slip

_POWER = r"(?:[²³⁴]|\s?\^\s?\d+|\s?\*\*\s?\d+)?"
#: A number and a letter that follows at once, which is no function and no sum: 2σ², not 2 Σ_n.
_COEFFICIENT = re.compile(
    rf"/\s*(\d+(?:\.\d+)?)(?![eE][-+]?\d)((?![Σ∑Π∏]|(?:Sum|Mean|Max|Min|Product)\b)[^\W\d]\w*)"
    rf"(?![\w(])({_POWER})"
)
_TURNED = r"\s*(?:ᵀ|⊤|\^\{?[T⊤]\}?(?!\w)|\.T\b)"
#: A row and what stands behind it: wᵀ S w, of which no part divides alone.
_ROW = re.compile(
    rf"/\s*([^\W\d]\w*{_TURNED}(?:\s*[^\W\d]\w*(?![\w(\[])){{1,3}})(?!{_TURNED})(?![(\[])"
)
_FACTOR = r"(?!(?:if|else|mod|and|or|not|max|min|sum|mean|prod)\b)[^\W\dΣ∑Π∏]\w*(?:\[[^\[\]]*\])?"
#: Two names behind a line, with a blank between them and no sign: a / b c.
_BESIDE = re.compile(
    rf"(?<=[\w)\]])\s*/\s*({_FACTOR})(?![\w(\[])\s+({_FACTOR})(?![\w(\[])(?!{_TURNED})"
)


#: A logarithm of a sum without parentheses.
_LOG_OF_SUM = re.compile(r"\b(?:log|ln)\s+[Σ∑]\s*_\s*(\{[^{}]*\}|[^\W\d_])")


def with_rows_below(part: str) -> str:
    """xᵀ A x / xᵀ x as xᵀ A x / (xᵀ x), as nothing is divided by a row; x²/2σ² as x²/(2·σ²) and
    1/2m as 1/(2·m), as σ and what counts stand below with their number."""

    def together(match: re.Match[str]) -> str:
        number, name, power = match.groups()
        stem = name.rstrip("²³⁴")
        greek = len(stem) == 1 and not stem.isascii()
        whole = f"/({number}·{name}{power})"
        return whole if greek or stem.partition("_")[0] in COUNTS else match[0]

    return _COEFFICIENT.sub(together, _ROW.sub(lambda m: f"/({m[1].strip()})", part))


def in_quotients(part: str) -> Iterator[Slip]:
    """Quotients of which it is not said how far what divides goes."""
    for match in _COEFFICIENT.finditer(part):
        number, name, power = match.groups()
        yield Slip(
            f"/{number}{name}{power} can be read in two ways",
            match.start(),
            match.end(),
            f"write /({number}·{name}{power}), or /{number}·{name}{power}",
        )
    for match in _BESIDE.finditer(part):
        one, other = match.groups()
        before = part[: match.start()].split("=")[-1].split()[-1:]
        acts = one.isupper() and other.islower() and len(other) == 1 and usual_rank(other) == 1
        counts = one in COUNTS and not (acts and other not in COUNTS)
        if counts or one in KNOWN or other in KNOWN or before == ["1"]:
            continue
        sign = (
            " " if acts else "·" if "[" in one or not all(map(usual_rank, (one, other))) else " ⊙ "
        )
        yield Slip(
            f"/ {one} {other} can be read in two ways",
            match.start(),
            match.end(),
            f"write /({one}{sign}{other}), or /{one}{sign}{other}",
        )
    for match in _LOG_OF_SUM.finditer(part):
        end, line = _end_of_product(part, match.end())
        below = re.sub(r"[^\W_]+(?=\()", " ", part[line + 1 : end]) if line else ""
        letters = set(re.findall(r"[^\W\d_]", match[1]))
        if line and not letters & set(re.findall(r"[^\W\d_]", below)):
            whole, divisor = part[match.start() : line].strip(), part[line + 1 : end].strip()
            inside = whole[3:].strip() if whole.startswith("log") else whole[2:].strip()
            yield Slip(
                f"{part[match.start() : end].strip()} can be read in two ways",
                match.start(),
                end,
                f"write ({whole})/{divisor}, or log({inside}/{divisor})",
            )


def _end_of_product(part: str, start: int) -> tuple[int, int]:
    """Where the product ends that begins at a place, and where the last / in it stands; 0 if none
    does."""
    depth, line = 0, 0
    for k in range(start, len(part)):
        depth += deeper(part[k])
        if depth < 0 or (depth == 0 and part[k] in "+-−=,;"):
            return k, line
        line = k if depth == 0 and part[k] == "/" else line
    return len(part), line
