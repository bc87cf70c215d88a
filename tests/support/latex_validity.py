r"""What is wrong with LaTeX, as a compiler or KaTeX would say: groups and environments that do not
close, commands that nobody knows, two scripts of one kind on one base, signs out of place."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: A command, an escaped sign, a comment's sign, or one character; spaces are left out.
_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|[^\s]", re.DOTALL)
#: Commands with so many arguments in braces.
_ARGUMENTS = {
    **dict.fromkeys((r"\frac", r"\tfrac", r"\dfrac"), 2),
    **dict.fromkeys(
        r"""\sqrt \substack \hat \bar \tilde \dot \mathrm \mathbf \mathbb \mathcal \mathit \text
        \boldsymbol \operatorname \overline \underline \vec \begin \end""".split(),
        1,
    ),
}
#: In these arguments stand words, in which a bare _, ^ or & is wrong.
_WORDS = {r"\text"}
#: Environments with columns.
_COLUMNS = {"aligned", "cases", "align*", "matrix", "pmatrix", "bmatrix", "array", "split"}
#: Signs and names that amsmath, amssymb and KaTeX know, beside those with arguments.
KNOWN = set(
    r"""\alpha \beta \gamma \delta \epsilon \varepsilon \zeta \eta \theta \vartheta \iota \kappa
    \lambda \mu \nu \xi \pi \rho \sigma \tau \upsilon \phi \varphi \chi \psi \omega \Gamma \Delta
    \Theta \Lambda \Xi \Pi \Sigma \Upsilon \Phi \Psi \Omega \exp \log \ln \max \min \sin \cos \tan
    \sinh \cosh \tanh \arctan \arcsin \arccos \det \ell \sum \prod \int \partial \nabla \infty \le
    \leq \ge \geq \ne \neq \mid \nmid \in \notin \cdot \times \odot \otimes \star \ast \circ \top
    \prime \ldots \dots \cdots \quad \qquad \lceil \rceil \lfloor \rfloor \lvert \rvert \lVert
    \rVert \langle \rangle \to \mapsto \leftarrow \rightarrow \left \right \pm \mp \bmod
    \wedge \vee \lor
    \land \neg \equiv \approx \sim \propto \forall \exists \limits \nolimits \bigl \bigr \Bigl \Bigr
    \displaystyle \hspace \colon \div""".split()
)


def faults(latex: str) -> Iterator[str]:
    """What is wrong with a formula."""
    tokens = _TOKEN.findall(latex)
    yield from _nesting(tokens)
    yield from _commands(tokens)
    yield from _scripts(tokens)


def _nesting(tokens: list[str]) -> Iterator[str]:
    r"""Braces, `\\left` and `\right`, environments: each closes what was opened last."""
    opened: list[str] = []
    for k, token in enumerate(tokens):
        if token == "{":
            opened.append("{")
        elif token == r"\left":
            opened.append(r"\left")
        elif token in (r"\begin", r"\end"):
            name = _argument(tokens, k + 1)
            if token == r"\begin":
                opened.append(name)
            elif not opened or opened.pop() != name:
                yield f"\\end{{{name}}} closes something else"
        elif token in ("}", r"\right"):
            wanted = {"}": "{", r"\right": r"\left"}[token]
            if not opened or opened.pop() != wanted:
                yield f"{token} closes something else, after {''.join(tokens[max(0, k - 12) : k])}"
        elif token in ("&", r"\\"):
            inside = next((o for o in reversed(opened) if o not in ("{",)), "")
            stacked = r"\substack" in tokens[:k] and token == r"\\"
            if inside not in _COLUMNS and not stacked:
                yield f"{token} outside of columns"
    yield from (f"{one} is not closed" for one in opened)


def _argument(tokens: list[str], k: int) -> str:
    """What stands in the braces that begin at a place."""
    end = tokens.index("}", k) if "}" in tokens[k:] else len(tokens)
    return "".join(tokens[k + 1 : end])


def _commands(tokens: list[str]) -> Iterator[str]:
    """Every command is known, and has its arguments."""
    for k, token in enumerate(tokens):
        if token in _ARGUMENTS:
            after = k + 1
            if token == r"\sqrt" and tokens[after : after + 1] == ["["]:
                after = tokens.index("]", after) + 1
            for _ in range(_ARGUMENTS[token]):
                if tokens[after : after + 1] != ["{"]:
                    yield f"{token} without its argument"
                    break
                after = _closing(tokens, after) + 1
            if token in _WORDS and {"_", "^", "&"} & set(tokens[k + 1 : after]):
                yield f"a bare sign among the words of {token}"
        elif len(token) > 1 and token[1].isalpha() and token not in KNOWN:
            yield f"{token} is not known"
        elif token in ("%", "#"):
            yield f"{token} is a sign of LaTeX's own"
        elif ord(token[0]) > 126:
            yield f"{token} is no sign of LaTeX"


def _closing(tokens: list[str], k: int) -> int:
    """The place of the brace that closes the one at a place."""
    depth = 0
    for place in range(k, len(tokens)):
        depth += (tokens[place] == "{") - (tokens[place] == "}")
        if not depth:
            return place
    return len(tokens)


def _scripts(tokens: list[str]) -> Iterator[str]:
    """On one base one subscript, and one superscript; each has what it sets."""
    had: set[str] = set()
    k = 0
    while k < len(tokens):
        token = tokens[k]
        if token in "_^" or token == "'":
            kind = "^" if token == "'" else token
            if kind in had and tokens[k - 1] != "'":
                yield f"two scripts {kind} on one base: {''.join(tokens[max(0, k - 8) : k + 4])}"
            had.add(kind)
            if token == "'":
                k += 1
                continue
            following = tokens[k + 1 : k + 2]
            if not following or following[0] in "}_^&":
                yield f"{token} without what it sets"
                k += 1
            elif following == ["{"]:
                yield from _scripts(tokens[k + 2 : _closing(tokens, k + 1)])
                k = _closing(tokens, k + 1) + 1
            else:
                k += 2
            continue
        had = set()
        k += 1
