"""Gradients as properties, sums example by example, layers by Kronecker products."""
from dataclasses import dataclass, field

import numpy as np


class Linear:
    def __init__(self, in_features, out_features, debug=False):
        self.W = np.zeros((out_features, in_features))
        self.b = np.zeros((out_features, 1))

    def forward(self, A):
        self.A = np.hstack((A, np.ones((len(A), 1))))
        return self.A @ np.hstack((self.W, self.b)).T

    def backward(self, dLdZ):
        self._both = np.einsum("nm,nd->md", dLdZ, self.A)
        return np.einsum("nm,md->nd", dLdZ, self.W)

    @property
    def dLdW(self):
        return self._both[:, :-1]

    @property
    def dLdb(self):
        return self._both[:, -1:]


class ReLU:
    def forward(self, Z):
        self.at = Z
        self.A = np.clip(Z, 0, None)
        return self.A

    def backward(self, dLdA):
        return dLdA * np.heaviside(self.at, 0.5)


class Tanh:
    def forward(self, Z):
        E = np.exp(-2 * np.abs(Z))
        self.A = np.sign(Z) * (1 - E) / (1 + E)
        return self.A

    def backward(self, dLdA):
        return np.multiply(dLdA, np.subtract(1, np.square(self.A)))


class Sigmoid:
    forward = lambda self, Z: setattr(self, "A", 0.5 * (1 + np.tanh(Z / 2))) or self.A
    backward = lambda self, dLdA: dLdA * self.A * (1 - self.A)


class Softmax:
    def forward(self, Z):
        self.A = np.exp(Z - np.logaddexp.reduce(Z, axis=1, keepdims=True))
        return self.A

    def backward(self, dLdA):
        along = np.sum(dLdA * self.A, axis=1, keepdims=True)
        return self.A * (dLdA - along)


@dataclass
class MSELoss:
    history: list = field(default_factory=list)

    def forward(self, A, Y):
        self.rest = A - Y
        self.history.append(float(np.vdot(self.rest, self.rest) / self.rest.size))
        return self.history[-1]

    def backward(self):
        return self.rest * (2 / self.rest.size)


class CrossEntropyLoss:
    def forward(self, A, Y):
        self.Y = Y
        self.logs = A - np.logaddexp.reduce(A, axis=1, keepdims=True)
        return -np.einsum("nc,nc->", Y, self.logs) / len(A)

    def backward(self):
        return (np.exp(self.logs) - self.Y) / len(self.Y)


class BatchNorm1d:
    def __init__(self, num_features, alpha=0.9):
        self.alpha, self.eps = alpha, 1e-8
        self.BW, self.Bb = np.ones((1, num_features)), np.zeros((1, num_features))
        self.running_M, self.running_V = np.zeros((1, num_features)), np.ones((1, num_features))

    def forward(self, Z, eval=False):
        if eval:
            return self.BW * (Z - self.running_M) / np.sqrt(self.running_V + self.eps) + self.Bb
        M = Z.mean(0, keepdims=True)
        V = ((Z - M) ** 2).mean(0, keepdims=True)
        self.running_M = self.alpha * self.running_M + (1 - self.alpha) * M
        self.running_V = self.alpha * self.running_V + (1 - self.alpha) * V
        self.sd = np.sqrt(V + self.eps)
        self.hat = (Z - M) / self.sd
        return self.hat * self.BW + self.Bb

    def backward(self, dLdBZ):
        self.dLdBb = dLdBZ.sum(0, keepdims=True)
        self.dLdBW = np.sum(self.hat * dLdBZ, 0, keepdims=True)
        N = len(dLdBZ)
        return self.BW / self.sd * (dLdBZ - (self.dLdBb + self.hat * self.dLdBW) / N)


class Upsample1d:
    def __init__(self, upsampling_factor):
        self.k = upsampling_factor

    def forward(self, A):
        gap = np.zeros(self.k)
        gap[0] = 1
        return np.kron(A, gap)[..., : self.k * (A.shape[2] - 1) + 1]

    def backward(self, dLdZ):
        return np.stack([dLdZ[..., i] for i in range(0, dLdZ.shape[2], self.k)], axis=-1)


class Conv1d_stride1:
    def __init__(self, in_channels, out_channels, kernel_size, weight_init_fn=None, bias_init_fn=None):
        self.kernel_size = kernel_size
        self.W = np.random.normal(0, 1.0, (out_channels, in_channels, kernel_size))
        self.b = np.zeros(out_channels)

    def forward(self, A):
        self.A = A
        out = [[sum(np.correlate(a, w, "valid") for a, w in zip(n, f)) for f in self.W] for n in A]
        return np.array(out) + self.b[:, None]

    def backward(self, dLdZ):
        pairs = [(n, f) for n in range(len(dLdZ)) for f in range(len(self.W))]
        self.dLdW, dLdA = np.zeros(self.W.shape), np.zeros(self.A.shape)
        for n, f in pairs:
            for c in range(self.A.shape[1]):
                self.dLdW[f, c] += np.correlate(self.A[n, c], dLdZ[n, f], "valid")
                dLdA[n, c] += np.convolve(dLdZ[n, f], self.W[f, c], "full")
        self.dLdb = np.array([dLdZ[:, f].sum() for f in range(len(self.W))])
        return dLdA


class RNNCell:
    def __init__(self, input_size, hidden_size):
        self.sizes = input_size, hidden_size
        self.zero_grad()

    def init_weights(self, W_ih, W_hh, b_ih, b_hh):
        self.W_ih, self.W_hh, self.b_ih, self.b_hh = W_ih, W_hh, b_ih, b_hh

    def zero_grad(self):
        d, h = self.sizes
        self.dW_ih, self.dW_hh = np.zeros((h, d)), np.zeros((h, h))
        self.db_ih, self.db_hh = np.zeros(h), np.zeros(h)

    def __call__(self, x, h_prev_t):
        return self.forward(x, h_prev_t)

    def forward(self, x, h_prev_t):
        W, b = np.hstack((self.W_ih, self.W_hh)), self.b_ih + self.b_hh
        return np.tanh(np.hstack((x, h_prev_t)) @ W.T + b)

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        n, dz = len(delta), delta * (1 - h_t) * (1 + h_t)
        for g, below, before in zip(dz / n, h_prev_l, h_prev_t):
            self.dW_ih += np.outer(g, below)
            self.dW_hh += np.outer(g, before)
            self.db_ih += g
            self.db_hh += g
        return dz @ self.W_ih, dz @ self.W_hh
