r"""Texts as they are printed in papers, in the spelling that is read: no blanks, LaTeX's words.

\begin{align} s &= W x \\ y &= \tanh(s) \end{align}     s = W x; y = \tanh(s)
\mathcal{L}_{\text{CE}} = …, W^{\mathsf T}              L_CE = …, W^T
\sum_{n}(y_n − t_n)^2, λΣ_j w_j², a_ib_i, y_n(s_n + b)  blanks where factors meet
\sum_{j: t_j ≥ t_i} s_j                                 Σ_j 1[t_j ≥ t_i] s_j
w_{1}x_{1}                                              w_1 x_1
v'_i, Σ_{i,i'} k_i k_{i'}                               vprime_i, Σ_{i,j} k_i k_j
y = W x + b.                                            y = W x + b
"""

from __future__ import annotations

import re

from deltarule.formulas.tokens import CLOSING, OPENING, deeper
from deltarule.typed.lecture_notation.accents import with_accents
from deltarule.typed.lecture_notation.indices_above import with_indices_above
from deltarule.typed.lecture_notation.labels_above import with_labels_in_names
from deltarule.typed.lecture_notation.layers_above import with_layers_in_names
from deltarule.typed.lecture_notation.nesting import closed
from deltarule.typed.lecture_notation.powers_first import with_powers_behind
from deltarule.typed.lecture_notation.primes_behind import with_primes_before
from deltarule.typed.lecture_notation.sets_summed_over import with_sets_as_arrays
from deltarule.typed.lecture_notation.signs_above import with_signs_in_names
from deltarule.typed.lecture_notation.signs_of_sums import SUM_SIGN
from deltarule.typed.lecture_notation.states_and_neighbours import with_plain_tables

_ENVIRONMENT = re.compile(
    r"\\(?:begin|end)\s*\{(?:align|aligned|alignat|equation|gather|gathered|split|multline|eqnarray)\*?\}"
)
#: Environments whose & and \\ part entries and cases.
_TABLES = re.compile(r"(\\begin\{(cases|array|[pbvBV]?matrix)\}.*?\\end\{\2\})", re.DOTALL)
_LINES_END = re.compile(r"\\\\(?:\s*\[[^\[\]]*\])?")
_SCRIPT = re.compile(r"\\mathcal\s*(?:\{\s*([A-Za-z])\s*\}|\s([A-Za-z])(?![A-Za-z]))")
#: A word below a name, of several letters: L_{\text{CE}}.
_WORD_BELOW = re.compile(
    r"_\{?\s*\\(?:text|textrm|textit|mathrm|mathsf|operatorname)\s*\{\s*(\w{2,})\s*\}\s*\}?"
)
#: That of an estimate: \hat{\beta}_{OLS}.
_CAPITALS_BELOW = re.compile(r"_\{\s*([A-Z]{2,5})\s*\}")
#: A name of several letters left of =: \mathrm{MMD}^2 = ….
_WORD_LEFT = re.compile(
    r"((?:^|[;\n])\s*)\\(?:text|textrm|textit|mathrm|mathit|mathsf|operatorname)\s*"
    r"\{\s*([A-Za-z][\w-]+)\s*\}(?=[^=;\n]*=(?!=))"
)
#: What papers call it that no gradient goes through.
_STOPPED = re.compile(
    r"(?<![\w.\\])(?:\\(?:text|mathrm|operatorname|mathsf)\s*\{\s*(?:sg|stopgrad|stop\\?_grad)\s*\}"
    r"|sg|stopgrad)\s*(?:\\left\s*)?[(\[]"
)
_TRANSPOSED = re.compile(
    r"\^\s*(?:\{\s*\\(?:mathsf|mathrm|text|mathbf|mathit|intercal)\s*(?:\{\s*T\s*\}|T)\s*\}"
    r"|\\(?:mathsf|mathrm|text|mathbf|mathit)\s*(?:\{\s*T\s*\}|T(?![A-Za-z])))"
)
_ROOT = re.compile(r"\\sqrt\s*\[\s*(\d+)\s*\]\s*(?=\{)")
_BELOW = r"_(?:[a-z]|\{[^{}]*\})"
#: Of words, mean_i(y_i)^2 is a call.
_SUM_AT_PARENTHESIS = re.compile(rf"((?!mean){SUM_SIGN}{_BELOW})(?=\(|\\left|\\[Bb]ig|\[)")
_AT_SUM = re.compile(r"(?<=[\w)\]}²³ᵀ])(?=(?:[Σ∑Π∏]|\\(?:sum|prod)(?![A-Za-z]))\s*_)")
_SUMMED_WHERE = re.compile(
    r"([Σ∑]|\\sum)\s*_\s*\{\s*([a-z])\s*(?::|\||\\mid|\\colon)((?:[^{};]|\{[^{}]*\})*)\}"
)
#: Two factors at one index without a blank: a_ib_i, w_jx_{ij}.
_AT_FACTOR = re.compile(
    r"(?<![\w\\])([A-Za-z]_([a-z]))(?=[A-Za-z]_(?:\2(?![A-Za-z0-9_])|\{[^{}]*\2[^{}]*\}))"
)
#: Greek letters that are no functions: Lagrange's α_i and λ_i.
_COEFFICIENT = "(?:alpha|beta|gamma|lambda|mu|eta|xi|zeta|nu|[αβγλμηξζν])"
#: A number at an index before the parenthesis of what it is multiplied by: y_n(s_n + b).
_NUMBER_AT_PARENTHESIS = re.compile(
    rf"(?<![\w\\])((?![fghFG]_)(?:[A-Za-z]|\\?{_COEFFICIENT})_(?:[a-z]|\{{\s*[a-z]\s*(?:,\s*[a-z]\s*)*\}})"
    r"|[A-Z]_(?:[a-z]{2,3}|\{\s*[a-z]\s*,?\s*[a-z]\s*\}))(?=(?P<size>\\left\s*)[(\[]|\()"
)
#: A number below a name in braces: w_{1}x_{1}, \beta_{0}.
_NUMBER_BELOW = re.compile(
    r"(?<=[^\W\d_])(?<!Σ)(?<!∑)(?<!\\sum)(?<!\\prod)_\{\s*(\d+)\s*\}(\s*(?=[\w\\√(]))?"
)
#: A sum of absolute values, where no Σ is a matrix: λ Σ|w|.
_OF_BARS = re.compile(r"(?<!\|)([Σ∑])\s*(\|[^|\n;]+\|)(?!\s*[\^²])")
#: A letter behind the braces of a subscript: W_{hh}h_{t−1}.
_AT_BRACES = re.compile(r"(?<=[^\W_])(_\{[^{}]*\})(?=[^\W\d_]|\\[a-z])")
#: What stands below the bars of a length, behind its square: ‖X‖²_F.
_SQUARE_FIRST = re.compile(
    r"([‖∥]|\\\||\\rVert|(?<=\|)\|)\s*(²|\^\s*2|\^\{\s*2\s*\})\s*(_(?:\{[^{}]*\}|\w+))"
)
#: Frobenius, spelled out.
_FROBENIUS = re.compile(
    r"(?<=[‖∥|])_\{?\s*(?:\\(?:text|mathrm|operatorname|mathsf)\s*\{\s*)?[Ff]ro\s*(?:\}\s*){0,2}"
)
_PRIMED = re.compile(
    r"(?<![\w\\])([A-Za-z])['′]_(?:([a-z])(?![A-Za-z0-9])|\{\s*([a-z][a-z0-9\s,+−-]*)\})"
)
#: What runs: the indices of sums, and those left of =.
_RUNNING = re.compile(
    rf"(?:{SUM_SIGN}\s*|(?:^|[;\n])\s*[^\W\d_][^\W_]*['′]*(?=_[^=;\n]*=(?!=)))_(?:([a-z])|\{{([^{{}}]*)\}})"
)
#: A row that is transposed, at a factor: x_i'β.
_ROW_TURNED = re.compile(r"(?<=[^\W\d_])(_(?:[a-z]|\{\s*[a-z]\s*\})['′])(?=[^\W\d_]|\\[a-z])")
_PRIMED_INDEX = re.compile(r"(?<![\w\\])([a-z])(?:['′]|\^\{?\\prime\}?)")
_OVER_PRIMED = re.compile(
    rf"{SUM_SIGN}\s*_\s*\{{[^{{}}]*[a-z](?:['′]|\^\{{?\\prime\}}?)[^{{}}]*\}}"
)
_BELOW_ANY = re.compile(r"_\{[^{}]*\}|_[a-z]['′]")
_END = re.compile(r"(?<!\s)\s*[.,]\s*(?=$|[;\n])")


def as_read(text: str) -> str:
    """A text without these spellings."""
    text = _with_stopped(with_accents(with_sets_as_arrays(with_plain_tables(text))))
    text = _FROBENIUS.sub("_F ", _SQUARE_FIRST.sub(r"\1\3\2", text))
    if "\\" in text:
        text = _without_environments(text)
        text = _SCRIPT.sub(lambda m: m[1] or m[2], text)
        text = _WORD_BELOW.sub(r"_\1 ", text)
        text = _WORD_LEFT.sub(lambda m: f"{m[1]}{m[2].replace('-', '_')} ", text)
        text = _TRANSPOSED.sub("^T ", text)
        text = _with_roots(text)
    text = with_powers_behind(text)
    text = _CAPITALS_BELOW.sub(r"_\1 ", text)
    text = with_labels_in_names(with_signs_in_names(text))
    text = with_layers_in_names(_OF_BARS.sub(r"\1 (\2)", text))
    text = _NUMBER_BELOW.sub(lambda m: f"_{m[1]}" + (" " if m[2] is not None else ""), text)
    text = _AT_BRACES.sub(r"\1 ", text)
    text = _SUMMED_WHERE.sub(lambda m: f"{m[1]}_{m[2]} 1[{m[3].strip()}]·", text)
    text = with_primes_before(_without_primes(_ROW_TURNED.sub(r"\1 ", text)))
    text = with_indices_above(_with_primed_names(text))
    text = _AT_SUM.sub(" ", _SUM_AT_PARENTHESIS.sub(r"\1 ", text))
    text = _AT_FACTOR.sub(r"\1 ", text)
    return _without_ends(_NUMBER_AT_PARENTHESIS.sub(_beside_sum, text))


def _without_environments(text: str) -> str:
    """Lines for those of align; what parts entries of a matrix or cases stays."""
    rows = "".join(_TABLES.split(text)[::3]).split("\\\\")
    plain = len(rows) < 2 or not all(re.search(r"(?<![<>!])=", row) for row in rows if row.strip())
    if plain and not _ENVIRONMENT.search(text) and not re.search(r"&\s*:?=", text):
        return text
    parts = _TABLES.split(_ENVIRONMENT.sub(" ", text))
    plain = [_LINES_END.sub("\n", p.replace("&", " ")) for p in parts[::3]]
    tables = [*parts[1::3], ""]
    return "".join(p + t for p, t in zip(plain, tables, strict=True))


def _with_stopped(text: str) -> str:
    """sg(z), sg[z] and \\mathrm{sg}\\left[z\\right] as stop_gradient(z)."""
    while found := _STOPPED.search(text):
        begin = found.end() - 1
        end = closed(text, begin)
        if not end:
            break
        inside = text[begin + 1 : end - 1].removesuffix("\\right")
        text = f"{text[: found.start()]}stop_gradient({inside}){text[end:]}"
    return text


def _with_roots(text: str) -> str:
    r"""\sqrt[3]{x} as (x)^{1/3}."""
    while found := _ROOT.search(text):
        end = closed(text, found.end())
        if not end:  # what is read next says so
            break
        inside = text[found.end() + 1 : end - 1]
        text = f"{text[: found.start()]}({inside})^{{1/{found[1]}}}{text[end:]}"
    return text


def _without_primes(text: str) -> str:
    """Other letters for primed indices of sums: j for i' of Σ_{i,i'}."""
    bound = {
        letter for over in _OVER_PRIMED.findall(text) for letter in _PRIMED_INDEX.findall(over)
    }
    outside = set(_PRIMED_INDEX.findall(_BELOW_ANY.sub(" ", text)))  # as of Q(s', a')
    for letter in sorted(bound - outside):
        free = (c for c in "jklmnpqruvabc" if not re.search(rf"(?<![^\W\d_]){c}(?![^\W\d_])", text))
        if (other := next(free, None)) is None:
            continue
        primed = re.compile(rf"(?<![A-Za-z\\]){letter}(?:['′]|\^\{{?\\prime\}}?)")
        text = _BELOW_ANY.sub(lambda m, p=primed, o=other: p.sub(o, m[0]), text)
    return text


def _with_primed_names(text: str) -> str:
    """The name of v' in letters where indices stand below it: vprime_i for v'_i."""
    running = {i for m in _RUNNING.finditer(text) for i in re.findall(r"[a-z]", m[1] or m[2])}

    def written(match: re.Match[str]) -> str:
        below = (match[2] or match[3]).strip()
        plain = set(re.findall(r"[a-z]", below)) <= running
        return f"{match[1]}prime_{{{below}}}" if plain else match[0]

    return _PRIMED.sub(written, text)


def _beside_sum(match: re.Match[str]) -> str:
    """With a blank where what stands in the parentheses is a sum, and so no argument."""
    text = match.string
    begin = match.end() + len(match["size"] or "")
    end = closed(text, begin)
    depth, inside = 0, re.sub(r"\\right\s*$", "", text[begin + 1 : end - 1])
    for k, sign in enumerate(inside):
        depth += deeper(sign)
        if k and depth == 0 and sign in "+-−·*ᵀ^/":
            return f"{match[1]} "
    return match[0]


def _without_ends(text: str) -> str:
    """Without the full stop or the comma behind an equation."""

    def ended(match: re.Match[str]) -> str:
        before = text[: match.start()]
        begin = max(before.rfind(";"), before.rfind("\n")) + 1
        line = before[begin:]
        opened = sum(line.count(c) for c in OPENING) - sum(line.count(c) for c in CLOSING)
        return match[0] if opened or not line.strip() or line.endswith(".") else ""

    return _END.sub(ended, text)
