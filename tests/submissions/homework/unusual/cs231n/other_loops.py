"""Time gone through by `while`, labels as matrices, logarithms of sums as NumPy has them."""
import numpy as np


def σ(z):
    return 0.5 * (1.0 + np.tanh(0.5 * z))


def relu_forward(x):
    out = x.copy()
    out[out < 0] = 0
    return out, x >= 0


def relu_backward(dout, cache):
    dx = np.zeros(dout.shape)
    np.copyto(dx, dout, where=cache)
    return dx


def svm_loss(x, y):
    N, C = x.shape
    label = np.eye(C, dtype=bool)[y]
    gap = x - np.sum(x * label, axis=1, keepdims=True) + (~label)
    active = gap * ~label > 0
    dx = active - label * active.sum(1, keepdims=True)
    return np.mean((gap * active).sum(1)), dx / N


def softmax_loss(x, y):
    logs = x - np.logaddexp.reduce(x, axis=1)[:, None]
    picked = np.take_along_axis(logs, y[:, None], axis=1)
    dx = np.exp(logs)
    np.subtract.at(dx, (np.arange(len(y)), y), 1)
    return float(-picked.mean()), dx * (1 / len(y))


def svm_loss_naive(W, X, y, reg):
    loss, dW = 0, W * 0.0
    for c in reversed(range(W.shape[1])):
        for i in range(len(X)):
            if c != y[i] and (margin := X[i] @ (W[:, c] - W[:, y[i]]) + 1.0) > 0:
                loss = loss + margin
                dW[:, c] = dW[:, c] + X[i] / len(X)
                dW[:, y[i]] = dW[:, y[i]] - X[i] / len(X)
    return loss / len(X) + reg * np.linalg.norm(W) ** 2, dW + reg * (W + W)


def softmax_loss_vectorized(W, X, y, reg):
    scores = np.einsum("nd,dc->nc", X, W)
    scores -= np.amax(scores, axis=-1, keepdims=True)
    weights = np.exp(scores)
    p = weights / np.linalg.norm(weights, 1, axis=1)[:, None]
    target = (y[:, None] == np.arange(W.shape[1])).astype(float)
    loss = np.sum(target * (np.log(weights.sum(1))[:, None] - scores)) / len(y)
    return loss + reg * np.vdot(W, W), (X.T @ (p - target)) / len(y) + 2 * reg * W


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    a = np.hstack((x, prev_h)) @ np.vstack((Wx, Wh)) + np.reshape(b, (1, -1))
    e = np.exp(-2 * np.abs(a))
    h = np.copysign((1 - e) / (1 + e), a)
    return h, dict(x=x, prev_h=prev_h, Wx=Wx, Wh=Wh, slope=(1 - h) * (1 + h))


def rnn_step_backward(dnext_h, cache):
    g = dnext_h * cache["slope"]
    both = g @ np.vstack((cache["Wx"], cache["Wh"])).T
    D = cache["x"].shape[1]
    dW = np.hstack((cache["x"], cache["prev_h"])).T @ g
    return both[:, :D], both[:, D:], dW[:D], dW[D:], np.einsum("nh->h", g)


def rnn_forward(x, h0, Wx, Wh, b):
    states, steps, t = [h0], [], 0
    while t < x.shape[1]:
        h, step = rnn_step_forward(x[:, t, :], states[-1], Wx, Wh, b)
        states.append(h)
        steps.append(step)
        t += 1
    return np.array(states[1:]).transpose(1, 0, 2), steps


def rnn_backward(dh, cache):
    total, back, dx = None, 0, []
    for g, step in zip(dh.transpose(1, 0, 2)[::-1], cache[::-1]):
        dxt, back, *weights = rnn_step_backward(g + back, step)
        dx.insert(0, dxt)
        total = weights if total is None else [a + b for a, b in zip(total, weights)]
    return np.stack(dx, axis=1), back, *total


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    gates = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=1)
    i, f, o = map(σ, gates[:3])
    g = np.tanh(gates[3])
    next_c = prev_c * f
    next_c += i * g
    t = np.tanh(next_c)
    return o * t, next_c, (x, prev_h, prev_c, Wx, Wh, (i, f, o, g, t))


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, (i, f, o, g, t) = cache
    dc = dnext_h * o * (1 - t * t) + dnext_c
    slopes = [i - i * i, f - f * f, o - o * o, 1 - g * g]
    da = np.concatenate([a * s for a, s in zip((dc * g, dc * prev_c, dnext_h * t, dc * i), slopes)], 1)
    return da @ Wx.T, da @ Wh.T, f * dc, (da.T @ x).T, (da.T @ prev_h).T, da.T.sum(axis=1)


def word_embedding_forward(x, W):
    chosen = np.arange(len(W)) == x[..., None]
    return chosen.astype(W.dtype) @ W, chosen


def word_embedding_backward(dout, cache):
    V, D = cache.shape[-1], dout.shape[-1]
    return cache.reshape(-1, V).T.astype(float) @ dout.reshape(-1, D)


def temporal_affine_forward(x, w, b):
    out = np.stack([x[:, t] @ w for t in range(x.shape[1])], axis=1)
    out += b
    return out, (x, w)


def temporal_affine_backward(dout, cache):
    x, w = cache
    dw = sum(x[:, t].T @ dout[:, t] for t in range(x.shape[1]))
    return np.tensordot(dout, w, axes=(2, 1)), dw, dout.sum(1).sum(0)


def temporal_softmax_loss(x, y, mask, verbose=False):
    loss, dx = 0.0, np.zeros_like(x)
    for n, t in np.argwhere(mask):
        z = x[n, t] - x[n, t].max()
        p = np.exp(z) / np.exp(z).sum()
        loss -= z[y[n, t]] - np.log(np.exp(z).sum())
        dx[n, t] = p
        dx[n, t, y[n, t]] -= 1
    return loss / len(x), dx / len(x)


def dropout_forward(x, dropout_param):
    keep = dropout_param["p"]
    if dropout_param.get("seed") is not None:
        np.random.seed(dropout_param["seed"])
    if dropout_param["mode"] != "train":
        return x, (dropout_param, None)
    kept = np.random.binomial(1, keep, size=x.shape).astype(bool)
    return np.where(kept, x / keep, 0), (dropout_param, kept)


def dropout_backward(dout, cache):
    dropout_param, kept = cache
    if kept is None:
        return dout
    dx = np.zeros_like(dout)
    dx[kept] = dout[kept] / dropout_param["p"]
    return dx
