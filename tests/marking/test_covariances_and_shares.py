"""What a text says without a word: that Σ is symmetric, σ above 0, and what is named once."""

from deltarule.calculus import derive
from deltarule.networks.unused import unused
from deltarule.typed import layer


def test_lines_that_were_made_and_are_equal_are_one():
    made = layer("L = ½ yᵀ (K + σ² I)⁻¹ y + ½ log det(K + σ²I)")
    assert [e.name for e in made.equations] == ["S", "S_inv", "S_logdet", "alpha_L", "L"]
    typed = layer("S = XᵀX + λ I; w = (XᵀX + λ I)⁻¹ Xᵀ y")  # S is the one that is inverted
    assert [e.name for e in typed.equations] == ["S", "S_inv", "w"]
    twice = layer("A = X W; B = X W; L = sum(A ⊙ B)")  # both were typed
    assert [e.name for e in twice.equations] == ["A", "B", "L"]


def test_what_is_taken_to_be_symmetric_is_said():
    one = layer("L = ½ (x − μ)ᵀ Σ⁻¹ (x − μ) + ½ log|Σ|")
    assert "Σ is taken to be symmetric, with a determinant above 0, as covariances are." in one.text
    assert one.tensors["Sigma"].definite
    plain = layer("L = xᵀ A x + log det(B)")
    assert not any(t.definite or t.symmetric for t in plain.tensors.values())
    assert "symmetric" not in plain.text


def test_a_standard_deviation_is_above_zero_and_has_no_kink():
    mixture = layer("L = −Σ_n log Σ_k π_k N(x_n; μ_k, σ_k²)")
    assert "σ is a standard deviation here, and above 0." in mixture.text
    assert mixture.tensors["sigma"].within == (0, None)
    assert "|" not in mixture.title
    assert not any(g.notes for g in derive(mixture).gradients.values())
    typed = layer("L = Σ_n ((x_n − μ)²/(2σ²) + log|σ|)")  # whoever writes bars means them
    assert typed.tensors["sigma"].within is None


def test_shares_are_named_where_several_gradients_read_them():
    one = layer("y = log Σ_k exp(z_k)")
    assert [e.name for e in one.equations] == ["y"]
    found = layer("L = −Σ_n log Σ_k exp(Σ_d W_kd x_nd)")
    assert [e.name for e in found.equations] == ["s_L", "p_L", "L"]
    assert "p_L" not in derive(found).gradients  # which no line reads
    assert not unused(found)
