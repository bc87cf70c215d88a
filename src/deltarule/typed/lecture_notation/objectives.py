r"""What is looked for before a loss: \min_w ‖X w − y‖² is the loss ‖X w − y‖².

    \min_{W, b} …, min_θ L(θ) = …, J = \max_w wᵀ S w, \arg\min_x ‖A x − b‖²

max_k p_k is the largest entry: what stands below is an index of what follows. x^* = \arg\min_x …
gives no loss, and is refused as a position is.
"""

from __future__ import annotations

import re

_ONE = r"\\?[^\W\d_]+(?:_\w+)?"
_SET = r"(?:\s*(?:∈|\\in(?![A-Za-z]))[^{};]*(?:\{[^{}]*\}[^{};]*)*)?"
_BELOW = (
    rf"_(?:\{{\s*({_ONE}(?:\s*,\s*{_ONE})*){_SET}\s*\}}"
    r"|\s?(\\[A-Za-z]+|[^\W\d_](?:\d|[₀-₉])?)(?!\w))"
)
_SOUGHT = re.compile(
    r"(?P<start>(?:^|[;\n])\s*(?:(?P<left>[^\W\d_]\w*(?:\([^()=]*\))?)\s*:?=(?!=)\s*)?)"
    rf"(?P<arg>\\?arg\s*\\?,?\s*)?\\?(?:min|max){_BELOW}\s*(?:\\[;:,! ]|\\quad)?\s*"
)
#: What is said of such a text.
SOUGHT = "{0} says what is looked for: the loss is what stands behind it."


def with_objectives(text: str) -> str:
    """A text without them."""
    return _read(text)[0]


def note_of_objectives(text: str) -> str:
    """What is said of a text that has some."""
    found = _read(text)[1]
    return SOUGHT.format(found[0]) if found else ""


def _read(text: str) -> tuple[str, list[str]]:
    words: list[str] = []
    at = 0
    while match := _SOUGHT.search(text, at):
        rest = re.split(r"[;\n]", text[match.end() :])[0]
        names = [n.strip() for n in re.split(r",", match[4] or match[5])]
        given = match["arg"] and match["left"]
        bare = re.fullmatch(r"\s*\\?\w*\s*", rest)
        if given or bare or any(_is_index(n, rest) for n in names):
            at = match.end()
            continue
        kind = "max" if re.search(r"max_", match[0]) else "min"
        over = ", ".join(names).replace("\\", "")
        words.append(f"{'arg' * bool(match['arg'])}{kind} over {over}")
        text = f"{text[: match.start()]}{match['start']}{text[match.end() :]}"
        at = match.start()
    return text, words


def _is_index(name: str, rest: str) -> bool:
    """Whether a letter stands below names behind it, k of max_k p_k, or is one of several."""
    if not re.fullmatch(r"[a-z]['′]*", name):
        return False
    below = re.findall(r"_(?:\{([^{}]*)\}|([a-z]+))|\[([^\[\]]*)\]", rest)
    read = rf"(?<![A-Za-z]){name}(?![A-Za-z])|^[a-z]*{name}[a-z]*$"
    return any(re.search(read, part.strip()) for parts in below for part in parts if part)
