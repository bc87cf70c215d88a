"""The words of known layers, and words that are not given."""

from dataclasses import replace

import pytest
from once import derivation_of, derived
from sympy import Integer

from deltarule import derive, layer
from deltarule.expressions.nodes import reads
from deltarule.language.catalogue import catalogue
from deltarule.matrix_form import tree
from deltarule.matrix_form.transposes import transposed, transposes
from deltarule.reports.latex_matrix_forms import in_matrices

BATCH = "  (outer products, summed over the batch n)"

TOLD = {
    ("dense", ()): {
        "W": "xᵀ · ∂L/∂y" + BATCH,
        "b": "sum of ∂L/∂y over the batch n",
        "x": "∂L/∂y · Wᵀ",
    },
    ("dense", (("orientation", "Wx"),)): {"W": "(∂L/∂y)ᵀ · x" + BATCH, "x": "∂L/∂y · W"},
    ("dense", (("batch", False), ("activation", "relu"))): {
        "s": "∂L/∂h ⊙ ReLU′(s), with ReLU′(s) = [s > 0]",
        "W": "outer product of x and ∂L/∂s",
        "b": "∂L/∂s",
        "x": "W · ∂L/∂s",
    },
    ("mlp", ()): {
        "yhat": "ŷ − y",
        "s2": "∂E/∂ŷ ⊙ σ′(s₂), with σ′(s₂) = ŷ ⊙ (1 − ŷ)",
        "Theta2": "h₁ᵀ · ∂E/∂s₂" + BATCH,
        "h1": "∂E/∂s₂ · Θ₂ᵀ",
        "s1": "∂E/∂h₁ ⊙ σ′(s₁), with σ′(s₁) = h₁ ⊙ (1 − h₁)",
    },
    ("mlp", (("batch", False),)): {"Theta2": "outer product of h₁ and ∂E/∂s₂", "h1": "Θ₂ · ∂E/∂s₂"},
    ("mlp", (("loss", "softmax_cross_entropy"), ("mean", True))): {"z": "(p − t)/N"},
    ("scalar_chain", ()): {"s1": "∂L/∂h₁·σ′(s₁), with σ′(s₁) = h₁·(1 − h₁)", "theta1": "∂L/∂s₁·x"},
    ("softmax", ()): {"z": "p ⊙ (∂L/∂p − Σ_c ∂L/∂p ⊙ p)"},
    ("batch_norm", ()): {
        "x": "γ ⊙ (N·∂L/∂y − ∂L/∂γ ⊙ x̂ − ∂L/∂β) / (N·√(v + ε))  (division entry by entry; "
        "γ, ∂L/∂β and ∂L/∂γ are the same for every n)"
    },
    ("rnn", ()): {
        "W_hh": "Σ_t h[t − 1]ᵀ · ∂E/∂s[t]  (outer products, summed over the batch n and the "
        "times t)",
        "h": "[t ≤ T − 2]·∂E/∂s[t + 1] · W_hhᵀ + ∂E/∂ŷ[t] · W_hyᵀ, for every t",
        "b_h": "sum of ∂E/∂s over the batch n and the times t",
    },
    ("conv2d", ()): {
        "w": "cross-correlation of x, padded by P, with ∂L/∂y, dilated by S, at stride D  "
        "(summed over the batch n; for every f and c)",
        "x": "transposed convolution of ∂L/∂y with w, dilated by D, stride S, padding P; at "
        "stride 1 full cross-correlation with w turned by 180°  (summed over f; for every n and c)",
        "b": "sum of ∂L/∂y over the batch n and the positions i and j",
    },
    ("conv2d", (("stride", 1), ("dilation", 1), ("pad", 0))): {
        "w": "valid cross-correlation of x with ∂L/∂y  (summed over the batch n; for every f "
        "and c)",
        "x": "full convolution of ∂L/∂y with w: full cross-correlation with w turned by 180°  "
        "(summed over f; for every n and c)",
    },
    ("true_convolution", ()): {
        "w": "valid cross-correlation of ∂L/∂s with h  (summed over the batch n; for every f "
        "and c)",
        "h": "valid cross-correlation of ∂L/∂s with w  (summed over f; for every n and c)",
    },
    ("max_pool2d", ()): {
        "x": "every ∂L/∂y sent to the entry that was the maximum of its window  (what windows "
        "share is added up)"
    },
    ("avg_pool2d", ()): {
        "x": "every ∂L/∂y given to all K × L entries of its window, 1/(K·L) of it to each  "
        "(what windows share is added up)"
    },
    ("embedding", ()): {"E": "Σ_n onehot(w[n])ᵀ · ∂L/∂y[n]"},
    ("flatten", ()): {
        "x": "∂L/∂y in the shape N × C × H × W, row by row: ∂L/∂y[:, W·(H·c + i) + j]"
    },
    ("concatenation", ()): {"u": "slice ∂L/∂y[:, :A]", "v": "slice ∂L/∂y[:, A:]"},
    ("max_unpool1d", ()): {
        "x": "entries of ∂L/∂y from where the values were put: ∂L/∂y[n, c, at[n, c, i]]"
    },
    ("wasserstein", ()): {"x": "entries of ∂L/∂a from where the values were put: ∂L/∂a[x_rank[n]]"},
    ("pixel_shuffle", ()): {
        "x": "entries of ∂L/∂y back where they came from: ∂L/∂y[:, c, R·q + s, R·r + u]"
    },
    ("nearest_upsampling", ()): {
        "x": "sum of ∂L/∂y over each block of U × U entries: ∂L/∂y[:, :, U·p + i, U·q + j] over i "
        "and j"
    },
    ("bilinear_upsampling", ()): {
        "x": "every ∂L/∂y shared out with the weights max(0, 1 − |i/U − p|)·max(0, 1 − |j/U − q|), "
        "summed over i and j"
    },
    ("stochastic_pool", ()): {
        "x": "every ∂L/∂y added to the entry that was read: [n, c, u[n, c, i, j] + S·i, "
        "v[n, c, i, j] + S·j]  (what was read several times gets the sum)"
    },
    ("grouped_conv2d", ()): {
        "w": "cross-correlation of x[:, A·g + a], padded by P, with ∂L/∂y, dilated by S, at "
        "stride D  (summed over the batch n; for every f, g and a)"
    },
    ("graph_convolution", ()): {"W": "xᵀ · Âᵀ · ∂L/∂s", "x": "Âᵀ · ∂L/∂s · Wᵀ"},
    ("info_nce", ()): {"s": "(p − I)/N", "x": "∂L/∂s · z/τ"},
    ("squared_error", ()): {"yhat": "2·(ŷ − y)"},
    ("separable_conv2d", ()): {
        "w": "valid cross-correlation of x with ∂L/∂u  (summed over the batch n; for every c)"
    },
    ("residual_conv", ()): {
        "x": "∂L/∂y ⊙ [y > 0], plus the full convolution of ∂L/∂y₁ with w₁, cropped by 1: full "
        "cross-correlation with w₁ turned by 180°  (summed over f; for every n and c)"
    },
    ("alibi", ()): {"m": "sum of ∂L/∂e over i and j, with the weights j − i"},
    ("s4d", ()): {
        "x": "∂L/∂y ⊙ D, plus the valid cross-correlation of ∂L/∂y with K  (D is the same for "
        "every t; for every d)"
    },
}
CASES = [(*layer, tensor) for layer, told in TOLD.items() for tensor in told]


@pytest.mark.parametrize(("name", "options", "tensor"), CASES)
def test_sentences(name, options, tensor):
    derivation = derived(name, **dict(options))
    assert derivation.gradients[tensor].words == TOLD[name, options][tensor]


@pytest.mark.parametrize(
    ("name", "options", "tensor", "formula"),
    [
        ("mlp", {}, "Theta2", r"{h_{1}}^{\top} \, \frac{\partial E}{\partial s_{2}}"),
        ("mlp", {"batch": False}, "Theta2", r"h_{1} \otimes \frac{\partial E}{\partial s_{2}}"),
        ("mlp", {}, "yhat", r"\hat{y} - y"),
        ("dense", {}, "b", r"\sum_{n} \frac{\partial L}{\partial y}"),
        ("true_convolution", {}, "w", r"\frac{\partial L}{\partial s} \star h"),
        ("max_pool2d", {}, "x", ""),
    ],
)
def test_latex(name, options, tensor, formula):
    assert in_matrices(derived(name, **options).gradients[tensor]) == formula


#: Layers that move, repeat, weight or regroup entries: every gradient of theirs has words.
MOVING = (
    "alibi", "bilinear_upsampling", "causal_conv1d", "concatenation", "conv_pool", "flatten",
    "graph_convolution", "group_norm", "grouped_conv2d", "linear_attention", "lrn", "min_gru",
    "nearest_upsampling", "ntm_addressing", "pixel_shuffle", "residual_conv", "roi_pool",
    "rotary_embedding", "s4d", "selective_ssm", "separable_conv2d", "spatial_transformer",
    "stochastic_pool", "swiglu", "top_k_experts", "transposed_conv2d", "upsampled_conv2d",
)  # fmt: skip


@pytest.mark.parametrize("name", MOVING)
def test_what_moves_entries_has_words_that_are_true(name):
    """At sizes and values on which the words were not found: 0.2 s each."""
    derivation = derived(name)
    for gradient in derivation.gradients.values():
        if reads(gradient.expr):
            assert gradient.words, gradient.name
            assert gradient.matrix_forms.holds(gradient.equation(), 7), gradient.name


#: Layers of one's own, written in words of the language: index letters, then the lines.
OWN = {
    "y[n, t] = Sum[s](x[n, s], where=s <= t)": "sum of ∂L/∂y over t from s to T − 1",
    "y[n, t] = x[n, (t + 1) % T]": (
        "entries of ∂L/∂y back where they came from: ∂L/∂y[:, (p − 1) mod T]"
    ),
    "y[n, t] = Sum[s]((t - s)*x[n, s], where=s <= t)": (
        "sum of ∂L/∂y over t from s to T − 1, with the weights t − s"
    ),
}


@pytest.mark.parametrize("line", OWN)
def test_cumulative_sums_and_rolls(line, tmp_path):
    path = tmp_path / "own.py"
    path.write_text(
        "from deltarule.language import *\n"
        "N, T = sizes('N T')\n"
        "n, t, s = index('n', N), index('t', T), index('s', T)\n"
        f"x, y = input('x', N, T), output('y', N, T)\n{line}\n"
    )
    assert derive(path).gradients["x"].words == OWN[line]


#: Equations that read neighbours beyond the edges of a tensor, where it is 0: the words by κ.
BEYOND_EDGES = {
    "v_i = u_i + κ (u_{i+1} − 2 u_i + u_{i−1})": "Σ_i ∂L/∂v[i]·(u[i + 1] + u[i − 1] − 2·u[i])",
    "y_i = κ (x_{i+2} + x_i)": "Σ_i ∂L/∂y[i]·(x[i + 2] + x[i])",
}


@pytest.mark.parametrize("line", BEYOND_EDGES)
def test_what_is_read_beyond_an_edge(line):
    assert derivation_of(layer(line)).gradients["kappa"].words == BEYOND_EDGES[line]


def test_no_words_without_a_pattern():
    derivation = derive(layer("L = Sum[n]((x[n]/c[n])^p[n])"))
    assert derivation.gradients["p"].words == ""
    assert derivation.gradients["p"].saying is None


@pytest.mark.parametrize(
    ("name", "tensor"),
    [
        ("mlp", "Theta2"),
        ("conv2d", "w"),
        ("rnn", "W_hh"),
        ("max_pool2d", "x"),
        ("pixel_shuffle", "x"),
        ("stochastic_pool", "x"),
        ("spatial_transformer", "v"),
    ],
)
def test_words_that_are_not_true_are_not_given(name, tensor):
    """A formula is kept, and words are sought for another one: they do not pass the check."""
    derivation = derived(name)
    gradient = derivation.gradients[tensor]
    words = gradient.saying
    twice = replace(gradient, expr=Integer(2) * gradient.expr)
    assert words is not None
    assert gradient.matrix_forms.search.true(words, gradient.equation(), seed=5)
    assert not gradient.matrix_forms.search.true(words, twice.equation(), seed=5)


#: Equations as they are typed, and what is said of their gradients.
TYPED = [
    ("L = norm(A*X - B)^2", "X", "2·Aᵀ · (A · X − B)"),
    ("L = norm(A*X - B)^2", "A", "2·(A · X − B) · Xᵀ"),
    ("L = norm(A*X - B)^2", "B", "2·(B − A · X)"),
    ("L = norm(X*w - y)^2", "w", "2·Xᵀ · (X · w − y)"),
    ("L = norm(A*X*B - C)^2", "X", "2·Aᵀ · diff_L · Bᵀ"),
    (
        "s[i,j] = (f[i] - f[j])^2",
        "f",
        "2 times the sum of (∂L/∂s + (∂L/∂s)ᵀ) ⊙ (f · 1ᵀ − 1 · fᵀ) over i′  "
        "(1 is a column of ones)",
    ),
    ("L = Sum[i,j](f[i]^2*W[i,j])", "f", "2·f ⊙ (Σ_j W)"),
]


@pytest.mark.parametrize(("typed", "tensor", "words"), TYPED)
def test_what_is_said_of_typed_equations(typed, tensor, words):
    assert derive(layer(typed)).gradients[tensor].words == words


@pytest.mark.parametrize("name", [n for n, p in catalogue().items() if "networks" not in p.parts])
def test_words_are_in_their_simplest_form(name):
    """No transpose is taken twice, and a vector that is a row and a column is not both at once."""
    for gradient in derived(name).gradients.values():
        saying = gradient.saying
        for part in saying.phrase.walk() if saying is not None else ():
            if isinstance(part, tree.Transpose):
                assert transposes(transposed(part.of)) > 0, gradient.words
            if isinstance(part, tree.Plus) and len(part.labels) == 2:
                alone = {(t.name, t.subscripts): t.labels for t in part.terms if plain_vector(t)}
                assert len(alone) == sum(map(plain_vector, part.terms)), gradient.words


def plain_vector(term):
    return isinstance(term, tree.Leaf) and len(term.labels) == 1
