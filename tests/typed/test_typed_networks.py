"""Networks of typed formulas: sizes by position, roles by letters, what is ambiguous refused."""

import random

import pytest

from deltarule.calculus import derive
from deltarule.errors import DeltaruleError
from deltarule.expressions.symbols import Size
from deltarule.gradcheck.choose import check_derivation
from deltarule.language.load import load
from deltarule.typed import layer, typed_network


def shapes(text: str, **said: str) -> str:
    """The tensors with their sizes, as one text."""
    network = typed_network(text, shapes=said)
    return " ".join(
        f"{t.name}[{','.join(map(str, t.axes))}]" for t in network.tensors.values() if not t.piece
    ).replace("[]", "")


SHAPES = {
    "E = ½‖y − σ(W x)‖²": "y[M] W[M,N] x[N] E",
    "½‖y − σ(W x + b)‖²": "y[M] W[M,N] x[N] b[M] E",
    "E = ½‖y − σ(Wx + b)‖²": "y[M] W[M,N] x[N] b[M] E",
    "h = tanh(Wx x + Wh h_prev + b)": "Wx[K,N] x[N] Wh[K,M] h_prev[M] b[K] h[K]",
    "A = softmax(QKᵀ/√d)V": "Q[N,M] K[L,M] d V[L,H] A[N,H]",
    "z = μ + σ ⊙ ε": "mu[N] sigma[N] epsilon[N] z[N]",
    r"E = \frac{1}{2}\|y - \sigma(W_2 \tanh(W_1 x))\|^2": "y[M] W2[M,K] W1[K,N] x[N] E",
    "E = ½(y − σ(wᵀ x + b))²": "y w[N] x[N] b E",
    "y = x W + b": "x[N] W[N,M] b[M] y[M]",
    "Y = X W + b": "X[N,M] W[M,K] b[K] Y[N,K]",
    "Y = W X + b": "W[K,N] X[N,M] b[K] Y[K,M]",
    "L = xᵀ A x": "x[N] A[N,N] L",
    "E = ½‖y − W x‖² + λ‖W‖²": "y[M] W[M,N] x[N] lambda E",
    "E = np.sum((y - W @ x)**2)": "y[M] W[M,N] x[N] E",
    "E = mean((Y - tanh(X @ W))²)": "Y[N,K] X[N,M] W[M,K] E",
    "E = -sum(t ⊙ log(softmax(W x)))": "t[M] W[M,N] x[N] E",
    "p = softmax(W x); E = −tᵀ log(p)": "W[M,N] x[N] t[M] p[M] E",
    "S = x yᵀ": "x[N] y[M] S[N,M]",
    "S = x ⊗ y": "x[N] y[M] S[N,M]",
    "y[n,m] = Σ_d x[n,d] W[d,m] + b[m]": "x[N,D] W[D,M] b[M] y[N,M]",
    "E = −Σ_k t[k] log(p[k])": "t[K] p[K] E",
    "E = -sum(k, t[k]*log(p[k]))": "t[K] p[K] E",
    "E = 1/N Σ_{n=1}^{N} (t[n] − Σ_k w[k] x[n,k])²": "t[N] w[K] x[N,K] E",
    # vectors: w·x, and the terms of a sum
    "y = w·x + b": "w[N] x[N] b y",
    r"y = \langle w, x \rangle": "w[N] x[N] y",
    "L = max(0, 1 - y w·x)": "y w[N] x[N] L",
    "L = -y log σ(w·x) - (1 - y) log(1 - σ(w·x))": "y w[N] x[N] L",
    "H = -Σ p log p": "p[N] H",
    "L = -sum(t * log(softmax(z)))": "t[N] z[N] L",
    "L = logsumexp(z) - t·z": "z[N] t[N] L",
    # indices below names, and rows of a matrix
    r"L = -\sum_k t_k \log \hat{y}_k": "t[K] yhat[K] L",
    "p_k = e^{z_k}/Σ_j e^{z_j}; L = -Σ_k t_k log p_k": "z[K] t[K] p[K] L",
    "L = -Σ_k t_k log softmax(z)_k": "z[K] t[K] p[K] L",
    "L = -Σ_k t[k] log(softmax(z)[k])": "z[K] t[K] p[K] L",
    "L = -Σ_k t_k log p_k; p = softmax(W x + b)": "W[K,N] x[N] b[K] t[K] p[K] L",
    "L = ½ Σ_n (y_n − wᵀx_n)² + λ‖w‖²": "y[N] w[D] x[N,D] lambda L",
    "z_f = W_f x + b_f": "W_f[M,N] x[N] b_f[M] z_f[M]",
    # numbers that say how many, norms, traces, inverses
    "E = 1/N ‖X w - y‖²": "N X[M,K] w[K] y[M] E",
    "A = softmax(Q Kᵀ/√D) V": "Q[N,M] K[L,M] D V[L,H] A[N,H]",
    "f = ‖x - μ‖₂² / (2 σ²) + ‖W‖_F² + ‖x‖₁": "x[N] mu[N] sigma W[M,K] f",
    "f = tr(Aᵀ B)": "A[N,M] B[N,M] f",
    "L = ‖XᵀX - I‖_F²": "X[N,M] L",
    "w = inv(XᵀX + λ I) Xᵀ y": "X[N,M] lambda y[N] S[M,M] S_inv[M,M] w[M]",
    "L = ½ log|Σ| + xᵀ Σ⁻¹ x": "Sigma[N,N] x[N] Sigma_inv[N,N] Sigma_logdet L",
    "E = -log softmax(W x + b)[y]": "W[M,N] x[N] b[M] y p[M] E",
    "y = A⁻¹ x": "A[N,N] x[N] A_inv[N,N] y[N]",
    # comparisons, entry by entry
    "y = [x > 0] ⊙ x": "x[N] y[N]",
    "y = (W x if x > 0 else 0)": "W[N,N] x[N] y[N]",
    "s = W x; y = (s if s > 0 else 0.1 s)": "W[M,N] x[N] s[M] y[M]",
    "Y = X W ⊙ [V < 1, V > 0]": "X[N,M] W[M,K] V[N,K] Y[N,K]",
    "E = ½‖y − frozen(W) x‖²": "y[M] W[M,N] x[N] E",
}  # fmt: skip


@pytest.mark.parametrize("text", SHAPES)
def test_sizes_are_inferred_by_position(text):
    assert shapes(text) == SHAPES[text]


@pytest.mark.parametrize(
    ("text", "wrt", "words"),
    [
        ("L = xᵀ A x", "x", "A · x + Aᵀ · x"),
        ("Y = X W + b", "W", "Xᵀ · ∂L/∂Y  (outer products, summed over the batch n)"),
        ("y[n,m] = Σ_d x[n,d] W[d,m] + b[m]", "x", "∂L/∂y · Wᵀ"),
        ("L = -Σ_k t_k log softmax(z)_k", "z", "(Σ_k t)·p − t"),
        ("y = A⁻¹ x", "A", "minus the outer product of A_invᵀ · ∂L/∂y and y"),
        ("f = xᵀ y / n", "y", "x / n"),
    ],
)
def test_gradients_of_a_formula(text, wrt, words):
    assert derive(typed_network(text)).gradients[wrt].words == words


AS_FILES = {
    "conv2d": """
        y[n,f,i,j] = b[f] + Sum[c,k,l](x[n,c,S*i+D*k-P,S*j+D*l-P]*w[f,c,k,l])
        """,
    "dense": "y[n,m] = Sum[d](x[n,d]*W[d,m]) + b[m]",
    "softmax": "p[n,c] = exp(z[n,c])/Sum[k](exp(z[n,k]))",
}


def test_windows_are_those_of_files():
    """The gradients of a typed convolution are those of the catalogue's, and its sizes too."""
    for name in ("conv2d", "dense", "softmax"):
        typed, file = layer(AS_FILES[name]), load(name)
        ours, theirs = derive(typed).gradients, derive(file).gradients
        assert {n: g.expr for n, g in ours.items()} == {n: g.expr for n, g in theirs.items()}
        assert typed.attributes == file.attributes and typed.definitions == file.definitions


def test_times_go_through_a_state():
    """h[t − 1] is a state; before its first time it is what a line says, or h0."""
    text = "s[t,m] = Sum[k](h[t-1,k]*W[k,m]) + u[t,m]\nh[t,m] = tanh(s[t,m])"
    network = layer(text)
    assert [
        network.tensors[n].role for n in ("s", "h", "W", "h_out")
    ] == "intermediate state parameter output".split()
    assert network.tensors["h0"].axes == (Size("M"),)
    assert "h0" not in layer(f"h[-1,m] = 0\n{text}").tensors
    assert "a" in layer(f"h[−1,m] = a[m]\n{text}").tensors
    checks = check_derivation(network, {"T": 3, "M": 2}).checks
    assert {c.tensor for c in checks} >= {"h0", "u", "W"} and all(c.right for c in checks)


def test_layers_of_a_notebook():
    network = layer("s[n] = Sum[d](W[n,d]*x[d])\n + b[n]\nE = Sum[n](s[n]^2)", N=2)
    assert [str(e.lhs) for e in network.equations] == ["s[n]", "E[]"]
    assert network.tensors["b"].axes == (2,)
    assert layer("E = ‖W x‖²", W="2x3").tensors["x"].axes == (3,)
    with pytest.raises(DeltaruleError, match="3 is no text"):
        layer(3)  # type: ignore[arg-type]


def test_a_softmax_is_along_each_example():
    """A row of Q Kᵀ and of X W is one; in W X a column is."""
    for text, sum_of in (("Q Kᵀ", "Sum[l1<L]"), ("X W", "Sum[k1<K]"), ("Z", "Sum[m1<M]")):
        *_, equation = typed_network(f"P = softmax({text})").equations
        assert f"{sum_of}(exp(" in str(equation.rhs)
    scores, of_columns = typed_network("P = softmax(W X)").equations
    assert str(scores.rhs) == "Sum[n<N](W[k, n]*X[n, m])"
    assert "Sum[k1<K](exp(s_P[k1, m]))" in str(of_columns.rhs)


def test_shapes_that_are_said_count():
    assert shapes("E = ½(y − w x)²", y="scalar", w="scalar", x="scalar") == "y w x E"
    assert shapes("E = ½‖y − W x‖²", W="2x3") == "y[2] W[2,3] x[3] E"
    assert typed_network("E = ½‖y − x‖²", ["y"]).tensors["y"].role == "parameter"
    assert typed_network("E = ½‖y − x‖²").tensors["y"].role == "input"
    assert typed_network("E = ½‖t − x‖²").tensors["t"].role == "target"


REFUSED = {
    "E = w x + ‖x‖²": ("a column times a column can be read in several ways", "write wᵀ x"),
    "E = f(W x)": ("f( ) may be any function", "give it a line, as f(x) = σ(wᵀ x)"),
    "E = x[n+1]": ("n stands right of = alone", "sum over it: Σ_n …"),
    "y[n] = x[n, G*n]": ("G is no index there", "S, D and P are stride, dilation and padding"),
    "y[i,j] = x[i+j]": ("how far the indices of x[i+j] run is not known", "S*i + D*k - P"),
    "y[i] = x[i,]": ("[i, ] has a subscript that is empty", "one index for each axis"),
    "y[n] = Sum[d] x[n,d]": ("Sum[d] has nothing to go over", "write Sum[d](…)"),
    "h[-1] = 0; y[t] = x[t]": ("h[-1] is given, but no h", "write h[t] = …"),
    "h[-1] = 2*g; h[t] = h[t-1]*x[t]": ("h[-1] is no tensor alone", "write h[-1] = 0, or"),
    "E = Σ_n x[n] y[n,n,n] z[n] + x[n,m]": ("x has 1 and 2 subscripts", "one index for each axis"),
    "y[k] = x[n]": ("k stands left of = alone", "did you mean y[n]?"),
    "y[n] = x[n,k]": ("k stands right of = alone", "sum over it: Σ_k"),
    "L[n] = a[n,k]*b[n]/(a[n,k]*c[n])": ("k stands right of = alone", "sum over it: Σ_k"),
    "s = W x; s = x": ("s is written twice", "a name of its own"),
    "s = E; E = s": ("E is read before it is written", "write its equation first"),
    "y = (A B)⁻² x": ("a power below 0 of a matrix is none of its entries", "write S⁻¹ for"),
    "y = x * s + sum(s)": ("a column times a column can be read in several ways", "x ⊙ s"),
    "W x; E = 1": ("an equation without =", "write s = W x; E"),
    "y = A mod x": ("mod is about indices", "write all indices, or none"),
    "E = ½dE/dx ‖y − W x‖²": ("dE/dx is a derivative", "a quotient is (da)/(db)"),
    "E =": ("nothing stands right of =", "write E = ½‖x‖²"),
    "E = ½‖y − σ(W x": ("( is never closed", "close it: )"),
    "E = __import__('os')": ("", ""),
    "E = x.__class__": ("", ""),
    "": ("0 equations", "as E = ½‖x‖²"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_ambiguous_or_none_is_refused(text):
    with pytest.raises(DeltaruleError) as error:
        typed_network(text)
    fact, remedy = REFUSED[text]
    assert fact in error.value.fact and remedy in (error.value.remedy or "")


def test_sizes_that_meet_and_differ_are_refused():
    with pytest.raises(DeltaruleError, match="sizes 3 and 4 meet|sizes 4 and 3 meet"):
        typed_network("E = ‖W x‖²", shapes={"W": "2x3", "x": "4"})
    with pytest.raises(DeltaruleError, match="W=1x3 has an axis of one entry") as raised:
        typed_network("y = tanh(W x + b)", shapes={"W": "1x3"})
    assert raised.value.remedy == "write W=3"
    with pytest.raises(DeltaruleError, match="'2x' is no shape of W"):
        typed_network("E = ‖W x‖²", shapes={"W": "2x"})
    with pytest.raises(DeltaruleError, match="the formula has no Q"):
        typed_network("E = ‖W x‖²", shapes={"Q": "2"})


@pytest.mark.parametrize(
    ("text", "name"), [("A = softmax(Q Kᵀ/√D) V", "D"), ("y = x/N", "N"), ("E = λ ‖w‖²", "λ")]
)
def test_a_number_is_not_made_a_vector_by_a_value_meant_for_it(text, name):
    fact = f"{name} is a number in the formula, and .*=4 would make it a vector of 4 entries"
    with pytest.raises(DeltaruleError, match=fact) as refused:
        layer(text, **{name: 4})
    assert refused.value.remedy.endswith(f"for a vector write {name}[i] in the formula")
    given = layer("E = ½‖y − d‖²", d=4).tensors["d"].axes  # of a difference a vector anyway
    assert given == (4,)


def test_whatever_is_typed_is_read_or_refused():
    draw = random.Random(7)
    pieces = [*"xyWbEt=+-*/^()[]{}²½‖Σσᵀ⊙;,_ 1nk", "log", "softmax", "sum", "@", ".T", "np.", "**"]
    for _ in range(60):
        base = draw.choice(list(SHAPES))
        at = draw.randrange(len(base))
        text = base[:at] + draw.choice(pieces) + base[at + draw.randrange(2) :]
        try:
            typed_network(text)
        except DeltaruleError as error:
            assert error.fact


@pytest.mark.parametrize(
    ("named", "written"),
    [
        ("E = CE(t, softmax(W x))", "E = -sum(t * log(softmax(W x)))"),
        ("E = BCE(y, σ(wᵀ x))", "E = -y log(σ(wᵀ x)) - (1 - y) log(1 - σ(wᵀ x))"),
        ("E = ½ SSE(y, W x)", "E = ½‖y − W x‖²"),
        ("E = MSE(y, W x)", "E = mean((y − W x)²)"),
        ("E = KL(p, q)", "E = sum(p * (log(p) − log(q)))"),
    ],
)
def test_losses_by_their_names(named, written):
    assert shapes(named) == shapes(written)
    one, other = (derive(typed_network(text)).gradients for text in (named, written))
    assert {n: g.expr for n, g in one.items()} == {n: g.expr for n, g in other.items()}


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("y = rank(A)", "rank is of a whole matrix, and is not read here"),
        ("y = GroupNorm(x)", "GroupNorm is a layer with parameters of its own, and no function"),
        ("y = argmax(x)", "argmax is a position, and has no gradient"),
        ("y = cumsum(x)", "cumsum is a sum up to an index"),
    ],
)
def test_what_is_no_function_is_refused_with_what_to_write(text, fact):
    with pytest.raises(DeltaruleError) as caught:
        typed_network(text)
    assert caught.value.fact == fact and "write" in str(caught.value.remedy)


@pytest.mark.parametrize(
    ("text", "axes"),
    [
        ("L = Σ_{i=1}^{m} ‖x_i − W z_i‖²", {"W": "D K", "x": "M D", "z": "M K"}),
        ("L = ½ Σ_{i=1}^{m} ‖x_i − c_{y_i}‖²", {"c": "K D", "x": "M D", "y": "M"}),
        ("L = Σ_{j=1}^{M} ‖W c_j − x‖²", {"W": "D K", "c": "M K", "x": "D"}),
        ("L = Σ_{i=1}^{D} ‖x_i − μ‖²", {"mu": "M", "x": "D M"}),
        ("L = Σ_i a_{y_i} + Σ_i Σ_d W_{y_i,d} x_{i,d}", {"W": "N D", "a": "N", "x": "I D"}),
    ],
)
def test_what_no_sum_ends_at_has_a_size_of_its_own(text, axes):
    """Nor have the axes that one label is read at: M of Σ_{i=1}^{m} is how many examples are."""
    network = layer(text)
    found = {n: " ".join(map(str, network.tensors[n].axes)) for n in axes}
    assert found == axes
