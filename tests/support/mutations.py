"""Formulas, sheets and answers changed at random, as people and their enemies would write them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

#: What is put in at random places of formulas.
FORMULA_PIECES = (
    *"+-−*/·⊙^()[]{}|,.;:=≠<>≤≥…√∞′'ᵀ½¼²⁻⌊⌋⌈⌉Σ∏∂dE", "**", "<=", "...", "^T", ".T", "_", "^-1",
    "^(1/2)", "^60", "^999999999", "⁹⁹⁹", "0", "1", "2", "0.5", "1e300", "1e-300", "9" * 40, "1/0",
    "max_", "prod_", "Σ_i ", "Σ_{i=0…9} ", "Σ_{i=0…99999} ", "Σ_{i≠j} ", "mod", " if ", " else ",
    "log det", "inverse(", "frozen(", "exp(", "log(", "σ(", "σ'(", "tanh(", "relu(", "max(", "|",
    "[m = d]", "[x > 0]", "[0]", "[0,0]", "[99999999999]", "[½]", "[m, d]", "y", "ŷ", "yhat", "x",
    "Theta1", "Θ₂", "h1", "s2", "E", "dE/ds2", "∂E/∂Θ₁", "dE/dx", "foo", "\x00", "\x1b[31m",
    "\u202e", "\u200b", "“", "’", "é", "е", "𝒙", "🙂", "\ud800", "\n", "\t", "\\sigma",
    "__import__", "((((((((", "))))))))", "exp(exp(exp(", "σ'(σ'(σ'(", "(x^9)^9",
    "1000000000000000000000 mod ", "einsum('nd,nm->dm', ", "np.einsum(", "'ij,jk'", "->", "sum(n, ",
    "sum(m, d, ", "xₙ", "ₜ₋₁", "ₘ", "1ᵀ ", "δ₂", "d2", "X", "∂ŷ/∂s₂", "∂s₂/∂Θ₂", "dyhat/ds2", "π",
    "np.pi", "log10(", "log_2 ", "1_{x>0}", "I(x > 0)", "np.where(", "np.clip(", "np.outer(",
    "heaviside(", "x[t]", "h[t - 1]", "h_{t-1}", "h_prev", "dout", "axis=0", ".sum(axis=1)",
    ".mean(0)", "keepdims=True", ".mT", " @ ", " if y < 1 else 0", "[c = t[n]]", "P_{p,t}",
    "\\frac{", "\\hat{y}", "\\odot ", "\\top", "\\mathbb{1}", "\\sum_{n=1}^{N} ", "\\partial ",
    ":=", " = ",
)  # fmt: skip

#: What is put in at random places of TOML files.
TOML_PIECES = (
    *"=[]{}(),.:;\"'#-+−–“”’\\/%~?≈", "\n", "\r", "\t", "\x00", "\ufeff", "\u200b", "\u202e",
    "\x1b[2J", '"""', "'''", "[[run]]\n", "[answers]\n", "[given]\n", "[published]\n",
    "[options]\n", "[formulas]\n", "[rounding]\n", "[marks]\n", "[x]\n", "true", "nan", "inf",
    "-0", "0", "1", "1e1",
    "1e300", "1e-300", "1e400", "9" * 30, "9" * 5000, "0,5", ".5", "1.", "1/0", "1/3", "62.5%",
    '"?"', '""', "[]", "[[]]", "[[1], 2]", "[" * 40, "2024-01-01", "layers = 50\n",
    "layers = 1e9\n", "layers = [1, 2]\n", "stride = 0\n", "rate = 1e200\n",
    "updates = 3\n", "updates = 10\n",
    'at = "after"\n', 'network = "rnn"\n', 'network = "../x.py"\n', 'optimiser = "adam"\n',
    'optimiser = "mlp"\n', 'sheet = "x.toml"\n', 'sheet = "mazur"\n', "run = 2\n", "run = -1\n",
    "decimals = 0\n", "significant = 100\n", '"dE/dx" = 1\n', "E = 1\n", "yhat = 0.5\n",
    "foo = 1\n",    '"dE/ds2" = "x^9^9"\n', 'y = "one-hot"\n', "batch = true\n", "\ud800",
    "[names]\n", 'W2 = "Theta2"\n', '[names]\n"W_2" = "Theta2"\n', "lambda = 0.3\n",
    "beta1 = 0.8\n",
    '"δ₂" = 1\n', '[[question]]\nid = "1a"\n', 'kind = "formula"\n', 'asked = ["dE/ds2"]\n',
    '"dE/ds2" = "einsum(\'n,n->n\', yhat, y)"\n', '"dE/ds2" = "∂E/∂ŷ · ∂ŷ/∂s₂"\n',
)  # fmt: skip
_WORD = re.compile(r"\w+|\s+|.", re.DOTALL)
#: Lines, and formulas by their factors and terms: what is taken out or doubled as one piece.
_PART = re.compile(r"[^\n]*\n|[^\n]+")
_FACTOR = re.compile(r"[^\s+*·−()-]+|\([^()]*\)|\s+|.")
#: Numbers that stand where another number stood.
NUMBERS = ("0", "1", "-1", "2", "0.5", "1e3", "-0.07", "3.14159", "100000", "1e-9", "0.00")


def mutated(text: str, pieces: tuple[str, ...], chance: random.Random, others: list[str]) -> str:
    """A text with one to six changes: pieces put in, taken out, doubled, exchanged, spliced."""
    words = _WORD.findall(text)
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 6))):
        at = chance.randrange(len(words) + 1)
        end = min(len(words), at + chance.choice((1, 1, 2, 5)))
        change = chance.randrange(7)
        if change == 0:
            words[at:at] = [chance.choice(pieces)]
        elif change == 1:
            words[at:end] = [chance.choice(pieces)]
        elif change == 2:
            del words[at:end]
        elif change == 3:
            words[at:at] = words[at:end] * chance.choice((1, 1, 2, 40))
        elif change == 4 and len(words) > 1:
            a, b = chance.randrange(len(words)), chance.randrange(len(words))
            words[a], words[b] = words[b], words[a]
        elif change == 5:
            other = _WORD.findall(chance.choice(others))
            k = chance.randrange(len(other) + 1)
            words[at:end] = other[k : k + chance.choice((1, 3, 9))]
        else:
            words = words[:at] if chance.random() < 0.3 else words
        if len(words) > 3000:
            words = words[:3000]
    return "".join(words)


def alike(text: str, chance: random.Random, others: list[str]) -> str:
    """A text with one to three changes that mostly leave it readable.

    A word stands for another of its kind (name, number, sign), of this text or of another; a line,
    a factor or a term is left out, doubled or exchanged.
    """
    for _ in range(chance.choice((1, 1, 2, 3))):
        if chance.random() < 0.6:
            words = _WORD.findall(text)
            at = chance.randrange(len(words)) if words else 0
            source = _WORD.findall(chance.choice((text, chance.choice(others))))
            kind = _kind(words[at]) if words else ""
            same = [w for w in source if _kind(w) == kind] + list(NUMBERS) * (kind == "number")
            if same:
                words[at] = chance.choice(same)
        else:
            words = (_PART if "\n" in text else _FACTOR).findall(text)
            a, b = (chance.randrange(len(words)) if words else 0 for _ in range(2))
            change = chance.randrange(4)
            if words and change == 0:
                del words[a]
            elif words and change == 1:
                words.insert(b, words[a])
            elif words and change == 2:
                words[a], words[b] = words[b], words[a]
            elif words:
                words[a] = chance.choice(_PART.findall(chance.choice(others)) or [""])
        text = "".join(words)[:12_000]
    return text


def _kind(word: str) -> str:
    if word.isspace():
        return "blank"
    return "number" if word[:1].isdigit() else "name" if re.match(r"\w", word) else "sign"


def mutations(seeds: list[str], pieces: tuple[str, ...], number: int, seed: int) -> Iterator[str]:
    """So many changed texts, the same ones for the same seed."""
    chance = random.Random(seed)
    for _ in range(number):
        yield changed(chance.choice(seeds), pieces, chance, seeds)


def changed(text: str, pieces: tuple[str, ...], chance: random.Random, others: list[str]) -> str:
    """A text changed by pieces that belong nowhere, or by such as may stand there."""
    if chance.random() < 0.5:
        return alike(text, chance, others)
    return mutated(text, pieces, chance, others)
