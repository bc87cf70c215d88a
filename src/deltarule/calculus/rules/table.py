"""The rules of the calculus as rows: a name, what it says, why it holds, an example.

The engine cites a row with every step; `derive --explain` shows it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """One rule: `statement` in symbols, `reason` in one sentence, `example` worked out."""

    name: str
    statement: str
    reason: str
    example: str


_ROWS = (
    Rule(
        "chain rule",
        "∂E/∂X[u] = Σ_i ∂E/∂Y[i]·∂Y[i]/∂X[u], added up over all Y that read X",
        "E depends on X only through the tensors that read X, so every such path counts.",
        "h feeds s₂[m] for every m: ∂E/∂h[d] = Σ_m ∂E/∂s₂[m]·∂s₂[m]/∂h[d]",
    ),
    Rule(
        "local derivative",
        "∂X[a]/∂X[u] = δ(a, u), and a scalar formula is differentiated as usual",
        "An entry of a tensor changes with itself and with no other entry.",
        "s[m] = Σ_d W[d,m]·x[d] gives ∂s[m]/∂W[d′,m′] = Σ_d x[d]·δ(d,d′)·δ(m,m′)",
    ),
    Rule(
        "sift the delta",
        "Σ_i δ(i, u)·f(i) = f(u), where u lies in the range of i",
        "Of all the terms of the sum, only the one with i = u is not zero.",
        "Σ_d x[d]·δ(d, d′) = x[d′]",
    ),
    Rule(
        "solve the delta",
        "Σ_i δ(c·i + r, u)·f(i) = f((u − r)/c), where c divides u − r and i is in its range",
        "A linear equation in whole numbers has one solution, or none.",
        "Σ_o δ(2·o, q)·g[o] = g[q/2] if q is even, and 0 if it is odd",
    ),
    Rule(
        "divide the delta",
        "Σ_{i,j} δ(W·i + j, q)·f(i, j) = f(⌊q/W⌋, q mod W), if 0 ≤ j < W and q is in range",
        "Counting rows of W, position q is in row ⌊q/W⌋ at place q mod W, and nowhere else.",
        "y[4·i + j] = x[i, j] gives ∂E/∂x[i, j] from ∂E/∂y, and back: x at ⌊q/4⌋, q mod 4",
    ),
    Rule(
        "keep the condition",
        "δ(a, b) without an index to sum over says: only where a = b",
        "Nothing is left to sift, so the delta stays as a condition.",
        "∂E/∂z[c] = p[c] − [c = label]",
    ),
    Rule(
        "empty",
        "Σ_i [c]·f(i) = 0, where c holds for no i",
        "A sum without terms is 0.",
        "[t ≤ T − 2]·f[t + 1] = 0 for T = 1",
    ),
    Rule(
        "clip the range",
        "Σ_i f(i)·X[a(i)] runs over those i for which a(i) lies inside X",
        "X is declared to be 0 outside, so the other terms are 0.",
        "x[i + k − P] counts for 0 ≤ i + k − P ≤ H − 1",
    ),
    Rule(
        "pull out",
        "Σ_i c·f(i) = c·Σ_i f(i), if c does not depend on i",
        "A factor common to all terms can be taken out of the sum.",
        "Σ_m g·W[m] = g·Σ_m W[m]",
    ),
    Rule(
        "share the condition",
        "[c]·a + [c]·b = [c]·(a + b)",
        "Terms that hold under the same condition are put together.",
        "[t ≤ T − 2]·f[t + 1] + [t ≤ T − 2]·g[t + 1] = [t ≤ T − 2]·(f[t + 1] + g[t + 1])",
    ),
    Rule(
        "use the condition",
        "[i = a]·f(i) = [i = a]·f(a), and Σ_i [i = a]·f(i) = f(a), where a is in the range of i",
        "Where the condition holds, one side of it may stand for the other.",
        "[c = t]·p[c]/p[t] = [c = t]",
    ),
    Rule(
        "at the edge",
        "at the first and at the last time a condition is decided",
        "There is nothing before the first time but the initial state, and nothing after the last.",
        "∂E/∂h[T − 1] has no term from h[T]",
    ),
    Rule("count", "Σ_{i<N} c = N·c", "The same term is added N times.", "Σ_{n<N} 1/N = 1"),
    Rule(
        "use the value",
        "a formula that equals a known tensor is written as that tensor",
        "The forward pass has computed it already.",
        "exp(z[c])/Σ_k exp(z[k]) = p[c]",
    ),
    Rule(
        "deviations sum to zero",
        "Σ_n (x[n] − μ) = 0 where μ = Σ_n x[n]/N",
        "Σ_n x[n] is N·μ, and so is Σ_n μ: what lies above the mean makes up for what lies below.",
        "x̂[n] = (x[n] − μ)/σ gives Σ_n x̂[n] = 0",
    ),
    Rule(
        "rename",
        "Σ_i f(i) = Σ_j f(j)",
        "The name of an index that is summed over does not matter.",
        "Σ_{c′} g[c′] = Σ_c g[c]",
    ),
    Rule(
        "insert",
        "∂E/∂Y is replaced by its own formula",
        "The formula gets shorter when the upstream gradient is written out.",
        "∂E/∂ŷ = (ŷ − y)/(ŷ(1 − ŷ)) times ŷ(1 − ŷ) is ŷ − y",
    ),
    Rule(
        "rearrange",
        "both sides are the same by the rules of fractions and common factors",
        "Terms are collected, and common factors cancel.",
        "p·g − p·Σ g·p = p·(g − Σ g·p)",
    ),
    Rule(
        "sums to one",
        "Σ_c y[c] = 1",
        "The target is declared to add up to 1: it is one-hot, or a distribution.",
        "p[c]·Σ_k y[k] − y[c] = p[c] − y[c]",
    ),
    Rule(
        "remove the kink",
        "where the derivatives from both sides of z = 0 agree, that is the derivative at z = 0 too",
        "The kinks cancel: what each of them by itself is declared to have at z = 0 plays no part.",
        "relu(x) − relu(−x) = x has the derivative [x > 0] + [x < 0] = 1, at x = 0 too",
    ),
    Rule(
        "between the sides",
        "at z = 0 the derivative lies between those from both sides; the nearer one is taken",
        "Kinks that cancel in part: what they are declared to have, added up, lies beyond a side.",
        "relu(x) − relu(−x)/2: 1 above 0 and 1/2 below it, so 1/2 at 0, and not 0",
    ),
    Rule("start", "∂E/∂E = 1", "A change of the error is a change of the error.", "∂E/∂E = 1"),
    Rule(
        "no path",
        "∂E/∂X = 0",
        "No equation on the way to E reads X.",
        "a bias that nothing adds has gradient 0",
    ),
)

RULES: dict[str, Rule] = {row.name: row for row in _ROWS}
