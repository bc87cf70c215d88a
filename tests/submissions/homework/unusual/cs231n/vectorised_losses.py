"""One-hot matrices, subtractions in place on own arrays, NumPy numbers for losses."""
import numpy as np

ONE = np.float64(1)


def onehot(y, C):
    return (y[:, None] == np.arange(C)).astype(float)


def svm_loss(x, y):
    hot = onehot(y, x.shape[1])
    m = np.clip(x - (x * hot).sum(1, keepdims=True) + ONE, 0, None) * (1 - hot)
    active = np.sign(m)
    return m.sum(axis=1).mean(), (active - hot * active.sum(1, keepdims=True)) / len(x)


def softmax_loss(x, y):
    z = x - np.amax(x, axis=-1)[:, None]
    e = np.exp(z)
    s = e.sum(-1)[:, None]
    picked = np.take_along_axis(z, y.reshape(-1, 1), 1)
    loss = np.array([np.mean(np.log(s) - picked)])
    return loss.item(), (e / s - onehot(y, x.shape[1])) / x.shape[0]


def svm_loss_vectorized(W, X, y, reg):
    loss, dscores = svm_loss(X @ W, y)
    return loss + reg * np.linalg.norm(W) ** 2, X.T @ dscores + 2 * reg * W


def softmax_loss_vectorized(W, X, y, reg):
    loss, dscores = softmax_loss(X.dot(W), y)
    return loss + reg * np.vdot(W, W), np.einsum("nd,nc->dc", X, dscores) + 2.0 * reg * W


def temporal_softmax_loss(x, y, mask, verbose=False):
    N, T, V = x.shape
    loss, dx = 0.0, np.zeros(x.shape)
    for t in range(T):
        z = x[:, t] - x[:, t].max(axis=1, keepdims=True)
        logs = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        hot = onehot(y[:, t], V)
        loss -= ((logs * hot).sum(axis=1) * mask[:, t]).sum() / N
        dx[:, t] = (np.exp(logs) - hot) * mask[:, t, None] / N
    if verbose:
        print("dx: ", dx.shape)
    return loss, dx


class TwoLayerNet:
    """No base class, helper methods, parameters by other ways."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        sizes = (input_size, hidden_size, output_size)
        self.params = {
            name: value
            for k, (m, n) in enumerate(zip(sizes, sizes[1:]), 1)
            for name, value in ((f"W{k}", std * np.random.randn(m, n)), (f"b{k}", np.zeros(n)))
        }

    def _scores(self, X):
        self.z = X @ self.params["W1"] + self.params["b1"]
        return np.where(self.z > 0, self.z, 0) @ self.params["W2"] + self.params["b2"]

    def loss(self, X, y=None, reg=0.0):
        scores = self._scores(X)
        if y is None:
            return scores
        p = self.params
        value, d = softmax_loss(scores, y)
        dz = d @ p["W2"].T
        dz[self.z < 0] = 0
        weights = {"W2": np.maximum(self.z, 0).T @ d, "W1": X.T @ dz}
        grads = {k: v + 2 * reg * p[k] for k, v in weights.items()}
        grads.update(b1=dz.sum(0), b2=d.sum(0))
        return value + reg * sum(np.sum(p[k] ** 2) for k in weights), grads
