"""Words that are no functions of what stands in their parentheses, and what to write for each.

What is written stands between "write" and a comma or the end, and is read when it is typed.
"""

from __future__ import annotations

_POSITION = "is a position, and has no gradient: "
_LAYER = "is a layer with parameters of its own, and no function: "

#: For each word what it is and, behind ": ", what to do.
NO_FUNCTIONS = {
    **dict.fromkeys(
        ("det", "Det", "trace", "tr", "rank", "eig"),
        "is of a whole matrix, and is not read here: write it out, as A[0, 0]·A[1, 1] − "
        "A[0, 1]·A[1, 0]",
    ),
    **dict.fromkeys(
        ("sqrtm", "matrix_sqrt"),
        "is the root of a matrix, which is none of its entries: write R R for S, with the root R "
        "as what is given, or S = diag(s) for a diagonal matrix",
    ),
    **dict.fromkeys(
        ("LayerNorm", "BatchNorm", "layer_norm", "batch_norm", "LN", "BN", "GroupNorm",
         "layernorm", "batchnorm", "LayerNormalization", "BatchNormalization"),
        f"{_LAYER}write LayerNorm(x) of a whole vector, or it out: (x[n,k] − Mean[k](x[n,k]))"
        "/sqrt(Var[k](x[n,k]) + eps)",
    ),
    **dict.fromkeys(
        ("RMSNorm", "rms_norm", "rmsnorm"),
        f"{_LAYER}write RMSNorm(x) of a whole vector, or it out: "
        "x[n,k]/sqrt(Mean[k](x[n,k]²) + eps)",
    ),
    **dict.fromkeys(
        ("Attention", "attention", "LSTM", "GRU", "RNN", "MLP"),
        f"{_LAYER}`derive --list` names those there are, or write it out, as tanh(W x + b)",
    ),
    **dict.fromkeys(
        ("Conv", "conv", "convolve", "correlate", "convolve2d", "correlate2d"),
        "says no indices: write Sum[k](x[n,i+k]·w[k]), or use the layer alone: derive conv",
    ),
    **dict.fromkeys(
        ("Dropout", "dropout"),
        "draws a mask, which is given here: write r[n]·x[n]/(1 − p), with the mask r",
    ),
    **dict.fromkeys(
        ("cross_entropy", "CrossEntropyLoss", "nll_loss", "NLLLoss"),
        "is of scores in some libraries and of probabilities in others: write CE(t, p), or "
        "CE(t, softmax(z)) of scores",
    ),
    **dict.fromkeys(("mse_loss", "MSELoss"), "is called MSE here: write MSE(y, f)"),
    **dict.fromkeys(("l1_loss", "L1Loss"), "is called MAE here: write MAE(y, f)"),
    **dict.fromkeys(
        ("cov", "Cov", "corrcoef"),
        "is of two vectors, Cov(x, y), or says no indices: write S_jk = Mean[n]((x_nj − m_j)·"
        "(x_nk − m_k)), with m_j = Mean[n](x_nj)",
    ),
    **dict.fromkeys(
        ("argmax", "argmin"), f"{_POSITION}write what is done with it, as max_m s[m]"
    ),
    **dict.fromkeys(
        ("sort",), "is of a vector that has a name: write s = W x; y = sort(s)",
    ),
    **dict.fromkeys(
        ("argsort", "topk", "median", "Median", "quantile", "percentile", "nanmedian"),
        "is of entries in their order: write it in a derivation file, v[n, k] = Sort[k](x[n, k])",
    ),
    "cumsum": "is a sum up to an index: write y[n] = Sum[k<=n](x[k])",
    "cumprod": "is a product up to an index: write y[n] = Product[k<=n](x[k])",
    **dict.fromkeys(("atan2", "arctan2"), "is of two numbers: write atan(a[n]/b[n]), where b > 0"),
    **dict.fromkeys(
        ("fmod", "remainder", "floormod"),
        "is what a division leaves: write x[n] − 2·floor(x[n]/2), for 2",
    ),
    "lerp": "is between two numbers: write a[n] + w·(b[n] − a[n])",
    "sinc": "is one of two functions: write sin(pi·x[n])/(pi·x[n]), or sin(x[n])/x[n]",
    **dict.fromkeys(
        ("erfinv", "erfcinv", "probit", "ndtri", "norminv"),
        "has no formula here: write x[n] = erf(y[n]), with y as what is given",
    ),
    **dict.fromkeys(
        ("Phi", "Φ"), "may be any function: write normcdf(x[n]) for the normal distribution"
    ),
    **dict.fromkeys(
        ("unsqueeze", "squeeze", "expand_dims", "item", "contiguous", "cpu", "numpy"),
        "changes no number: leave it out, or write x[:, None] for a new axis",
    ),
    **dict.fromkeys(("stack", "vstack", "hstack"), "puts arrays together: write y = W [a; b], or "
                    "an equation for each"),
    **dict.fromkeys(("normalize", "l2_normalize"), "is a division: write x/norm(x)"),
    **dict.fromkeys(("linear", "Linear", "Dense"), "is a layer: write x @ W.T + b, or W x + b"),
    **dict.fromkeys(("zscore", "standardize"), "is a formula: write (x − mean(x))/std(x)"),
    **dict.fromkeys(("zeros", "zeros_like"), "is 0: write 0, or leave it out"),
    **dict.fromkeys(("ones", "ones_like"), "is 1: write sum(x) for 1ᵀ x, or 1"),
    **dict.fromkeys(("eye", "identity_matrix"), "is the identity: write I, as in A + λ I"),
    **dict.fromkeys(
        ("arange", "range", "linspace"), "is an index: write y[n] = n, and p[n, t[n]] for entries"
    ),
    **dict.fromkeys(
        ("rand", "randn", "normal", "bernoulli"),
        "draws numbers, which are given here: write a letter for them, such as ε",
    ),
    **dict.fromkeys(("nan_to_num",), "changes no number that is finite: write x[n]"),
    **dict.fromkeys(("one_hot", "onehot"), "is a comparison: write [k = t[n]]"),
    **dict.fromkeys(
        ("interp", "interpolate", "searchsorted", "digitize", "histogram", "unique"),
        "is of tables: write it in a derivation file",
    ),
}  # fmt: skip


#: Shorter words than this are others in capitals: ln is no LN.
_LONG = 4


def refused_like(word: str) -> str | None:
    """The word here that is the same one but for capitals and lines below: Layer_Norm."""
    plain = word.replace("_", "").casefold()
    if word in NO_FUNCTIONS or len(plain) < _LONG:
        return word if word in NO_FUNCTIONS else None
    return next((w for w in NO_FUNCTIONS if w.replace("_", "").casefold() == plain), None)
