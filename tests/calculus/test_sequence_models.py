"""Sequence models beside recurrent networks: expected counts, measurements all at once, masks."""

import itertools

import numpy as np
import pytest
import recurrent_by_hand as by_hand
from once import derived, loaded
from whole_network import gap

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.arithmetic.small_sizes import with_definitions
from deltarule.expressions.symbols import Size


def _run(name, arrays, sizes, upstream=(), **options):
    """Values and gradients of a derivation at given arrays."""
    derivation = derived(name, **options)
    network = derivation.network
    table = with_definitions(network, {Size(k): v for k, v in sizes.items()})
    values = Values(dict(arrays), table, dict(network.scalars), network.tensors)
    run(network.equations, values, Float64())
    values.arrays.update(upstream)
    run(derivation.equations(), values, Float64())
    return values.arrays


def _log_probabilities(random, *shape):
    p = random.uniform(0.1, 1, shape)
    return np.log(p / p.sum(-1, keepdims=True))


def _hmm(T, seed=1, J=3, V=4):
    random = np.random.default_rng(seed)
    return {
        "log_pi": _log_probabilities(random, J),
        "log_A": _log_probabilities(random, J, J),
        "log_B": _log_probabilities(random, J, V),
        "o": random.integers(V, size=T),
    }


def _expected_counts(g):
    """Baum and Welch's forward–backward sweep with scaling, in probabilities."""
    pi, A, B, o = np.exp(g["log_pi"]), np.exp(g["log_A"]), np.exp(g["log_B"]), g["o"]
    T, J = len(o), len(pi)
    alpha, beta, scale = np.zeros((T, J)), np.ones((T, J)), np.zeros(T)
    for t in range(T):
        alpha[t] = (pi if t == 0 else alpha[t - 1] @ A) * B[:, o[t]]
        scale[t] = alpha[t].sum()
        alpha[t] /= scale[t]
    for t in range(T - 2, -1, -1):
        beta[t] = A @ (B[:, o[t + 1]] * beta[t + 1]) / scale[t + 1]
    gamma = alpha * beta
    moves = sum(
        alpha[t][:, None] * A * (B[:, o[t + 1]] * beta[t + 1]) / scale[t + 1] for t in range(T - 1)
    )
    emitted = np.zeros_like(B)
    for t in range(T):
        emitted[:, o[t]] += gamma[t]
    return np.log(scale).sum(), gamma[0], moves, emitted


@pytest.mark.parametrize("times", [2, 7, 700])
def test_gradient_of_a_hidden_markov_model_is_the_expected_counts(times):
    """Of 700 times the plain probabilities are below the smallest float64."""
    given = _hmm(times)
    arrays = _run("hmm", given, {"T": times, "J": 3, "V": 4})
    log_p, first, moves, emitted = _expected_counts(given)
    np.testing.assert_allclose(-arrays["E"], log_p, rtol=1e-12)
    np.testing.assert_allclose(-arrays["dE/dlog_pi"], first, rtol=1e-8)
    np.testing.assert_allclose(-arrays["dE/dlog_A"], moves, rtol=1e-8)
    np.testing.assert_allclose(-arrays["dE/dlog_B"], emitted, rtol=1e-8)


def test_random_field_against_all_its_paths():
    T, J = 4, 3
    random = np.random.default_rng(2)
    u, A, y = random.normal(size=(T, J)), random.normal(size=(J, J)), np.array([0, 2, 2, 1])

    def score(path):
        steps = zip(path, path[1:], strict=False)
        return sum(u[t, s] for t, s in enumerate(path)) + sum(A[i, j] for i, j in steps)

    paths = list(itertools.product(range(J), repeat=T))
    weights = np.exp([score(p) for p in paths])
    arrays = _run("crf", {"u": u, "A": A, "y": y}, {"T": T, "J": J})
    assert arrays["E"] == pytest.approx(np.log(weights.sum()) - score(y), rel=1e-13)
    expected = np.zeros((T, J))
    for path, weight in zip(paths, weights / weights.sum(), strict=True):
        expected[range(T), path] += weight
    expected[range(T), y] -= 1
    np.testing.assert_allclose(arrays["dE/du"], expected, rtol=1e-10, atol=1e-13)


def test_kalman_filter_against_the_joint_density_of_all_measurements():
    g = {"a": 0.9, "c": 1.3, "q": 0.2, "r": 0.5, "m0": 0.4, "P0": 0.7}
    z = np.array([0.3, -0.2, 1.1, 0.6, 0.9])
    T = len(z)

    def minus_log_likelihood(g):
        """z is Gaussian: its mean and covariance by unrolling x_t = a x_{t−1} + noise."""
        power = np.array([g["a"] ** (t + 1) for t in range(T)])
        mean = g["c"] * power * g["m0"]
        cov = np.empty((T, T), dtype=complex)
        for i, j in itertools.product(range(T), repeat=2):
            noise = sum(g["q"] * g["a"] ** (i - s + j - s) for s in range(min(i, j) + 1))
            cov[i, j] = g["c"] ** 2 * (power[i] * power[j] * g["P0"] + noise)
        cov = cov + g["r"] * np.eye(T)
        v = z - mean
        return (np.log(np.linalg.det(2 * np.pi * cov)) + v @ np.linalg.inv(cov) @ v) / 2

    arrays = _run("kalman", {"z": z, **{k: np.array(v) for k, v in g.items()}}, {"T": T})
    assert arrays["E"] == pytest.approx(minus_log_likelihood(g).real, rel=1e-12)
    for name, value in g.items():
        slope = minus_log_likelihood({**g, name: value + 1e-25j}).imag / 1e-25
        assert arrays[f"dE/d{name}"] == pytest.approx(slope, rel=1e-10), name


@pytest.mark.slow
def test_kalman_filter_of_vectors_against_the_joint_density_of_all_measurements():
    T, D, M = 3, 2, 2
    random = np.random.default_rng(5)
    g = {
        "A": random.normal(size=(D, D)),
        "C": random.normal(size=(M, D)),
        "m0": random.normal(size=D),
    }
    for name, size in (("P0", D), ("Q", D), ("R", M)):
        root = random.normal(size=(size, size))
        g[name] = root @ root.T + np.eye(size)
    z = random.normal(size=(T, M))

    def minus_log_likelihood(g):
        """All of z is Gaussian: its mean and covariance by unrolling x_t = A x_{t−1} + noise."""
        A, C = g["A"], g["C"]
        powers = [np.linalg.matrix_power(A, s) for s in range(T + 1)]
        mean = np.concatenate([C @ powers[t + 1] @ g["m0"] for t in range(T)])
        cov = np.zeros((T * M, T * M), dtype=complex)
        for t, s in itertools.product(range(T), repeat=2):
            both = powers[t + 1] @ g["P0"] @ powers[s + 1].T
            for u in range(min(t, s) + 1):
                both = both + powers[t - u] @ g["Q"] @ powers[s - u].T
            block = C @ both @ C.T + (g["R"] if t == s else 0)
            cov[t * M : (t + 1) * M, s * M : (s + 1) * M] = block
        v = z.ravel() - mean
        log_det = np.log(np.linalg.det(2 * np.pi * cov))
        return (log_det + v @ np.linalg.inv(cov) @ v) / 2

    arrays = _run("kalman_vector", {"z": z, **g}, {"T": T, "D": D, "M": M})
    assert arrays["E"] == pytest.approx(minus_log_likelihood(g).real, rel=1e-12)
    # The filter keeps to one half of a covariance: both halves are moved together.
    for name, slope in by_hand.gradients(minus_log_likelihood, g, g).items():
        found = arrays[f"dE/d{name}"]
        if name in ("P0", "Q", "R"):
            found, slope = found + found.T, slope + slope.T
        np.testing.assert_allclose(found, slope, rtol=1e-9, atol=1e-12)


def _attention(mask):
    random = np.random.default_rng(4)
    given = {
        "Q": random.normal(size=(3, 2)),
        "K": random.normal(size=(4, 2)),
        "V": random.normal(size=(4, 5)),
        "mask": mask,
    }
    upstream = {"dL/dy": random.normal(size=(3, 5))}
    sizes = {"I": 3, "J": 4, "D": 2, "M": 5}
    return _run("attention", given, sizes, upstream, mask="given", batch=False), given


def test_hidden_keys_count_for_nothing():
    mask = np.array([[1, 1, 0, 1], [1, 0, 0, 0], [0, 1, 1, 1]])
    arrays, given = _attention(mask)
    e = given["Q"] @ given["K"].T / np.sqrt(2)
    a = np.where(mask, np.exp(e), 0)
    a /= a.sum(-1, keepdims=True)
    np.testing.assert_allclose(arrays["y"], a @ given["V"], rtol=1e-13)
    assert not arrays["dL/de"][mask == 0].any()


def test_a_mask_that_hides_everything_gives_that_query_weights_and_gradients_of_0():
    arrays, _ = _attention(np.array([[1, 1, 0, 1], [0, 0, 0, 0], [0, 1, 1, 1]]))
    for name in ("a", "y", "dL/de", "dL/dQ"):
        assert not arrays[name][1].any(), name
    for name in ("y", "dL/dQ", "dL/dK", "dL/dV"):
        assert np.isfinite(arrays[name]).all(), name


def test_causal_attention_sees_nothing_of_later_times():
    probe = Probe(loaded("attention", mask="causal", batch=False), Float64(), I=4, D=2, M=3)
    assert not np.triu(probe.values.arrays["a"], 1).any()


@pytest.mark.slow
def test_two_directions_final_states_and_lengths_together():
    """Gradients go back through each sequence's own end, and into the states behind it."""
    found = derived("gru", bidirectional=True, final=True, lengths=True)
    assert set(found.upstream) == {"h_T", "h_T_b", "y"}
    one, two = gap(found, 3, T=3, N=2, D=1, H=2)
    assert one.overlaps(two) and one.rad() < 1e-12
