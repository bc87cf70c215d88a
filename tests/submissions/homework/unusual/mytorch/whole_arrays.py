"""Strided layers written without the layers of stride 1; NumPy's own tools for windows."""
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


class Conv2d_stride1:
    def __init__(self, in_channels, out_channels, kernel_size, weight_init_fn=None, bias_init_fn=None):
        self.kernel_size = kernel_size
        self.W = np.random.normal(0, 1.0, (out_channels, in_channels, kernel_size, kernel_size))
        self.b = np.zeros(out_channels)

    def forward(self, A):
        self.A = A
        view = sliding_window_view(A, (self.kernel_size,) * 2, axis=(2, 3))
        return np.einsum("ncijkl,fckl->nfij", view, self.W) + self.b[:, None, None]

    def backward(self, dLdZ):
        K = self.kernel_size
        view = sliding_window_view(self.A, (K, K), axis=(2, 3))
        self.dLdW = np.einsum("ncijkl,nfij->fckl", view, dLdZ)
        self.dLdb = np.einsum("nfij->f", dLdZ)
        spread = np.pad(dLdZ, ((0, 0), (0, 0), (K - 1, K - 1), (K - 1, K - 1)))
        turned = np.flip(self.W, (2, 3))
        return np.einsum("nfijkl,fckl->ncij", sliding_window_view(spread, (K, K), axis=(2, 3)), turned)


class MaxPool2d_stride1:
    def __init__(self, kernel):
        self.kernel = kernel

    def forward(self, A):
        self.A = A
        self.view = sliding_window_view(A, (self.kernel, self.kernel), axis=(2, 3))
        return self.view.max(axis=(-1, -2))

    def backward(self, dLdZ):
        K = self.kernel
        flat = self.view.reshape(*dLdZ.shape, -1)
        k = flat.argmax(axis=-1)
        n, c, i, j = np.indices(dLdZ.shape)
        dLdA = np.zeros(self.A.shape)
        np.add.at(dLdA, (n, c, i + k // K, j + k % K), dLdZ)
        return dLdA


class MeanPool2d:
    def __init__(self, kernel, stride):
        self.kernel, self.stride = kernel, stride

    def forward(self, A):
        self.shape = A.shape
        view = sliding_window_view(A, (self.kernel, self.kernel), axis=(2, 3))
        return view[:, :, :: self.stride, :: self.stride].mean((4, 5))

    def backward(self, dLdZ):
        dLdA, K, S = np.zeros(self.shape), self.kernel, self.stride
        for k in range(K):
            for l in range(K):
                high, wide = S * (dLdZ.shape[2] - 1) + 1, S * (dLdZ.shape[3] - 1) + 1
                dLdA[:, :, k : k + high : S, l : l + wide : S] += dLdZ / K**2
        return dLdA


class RNNCell:
    def __init__(self, input_size, hidden_size):
        self.W_ih = self.W_hh = self.b_ih = self.b_hh = None
        self.grads = [0, 0, 0, 0]

    def forward(self, x, h_prev_t):
        both = np.concatenate((x, h_prev_t), axis=1)
        weights = np.concatenate((self.W_ih, self.W_hh), axis=1)
        return np.tanh(both @ weights.T + (self.b_ih + self.b_hh))

    def backward(self, delta, h_t, h_prev_l, h_prev_t):
        dz = delta - delta * h_t * h_t
        self.dW_ih = np.mean(dz[:, :, None] * h_prev_l[:, None, :], axis=0)
        self.dW_hh = np.mean(dz[:, :, None] * h_prev_t[:, None, :], axis=0)
        self.db_ih = self.db_hh = dz.mean(axis=0)
        return np.dot(self.W_ih.T, dz.T).T, np.dot(self.W_hh.T, dz.T).T


class GRUCell:
    def __init__(self, in_dim, hidden_dim):
        self.d, self.h = in_dim, hidden_dim

    def forward(self, x, h_prev_t):
        self.x, self.hidden = x, h_prev_t
        squash = lambda z: 1 / (1 + np.exp(-z))  # noqa: E731
        self.r = squash(np.dot(self.Wrx, x) + self.brx + np.dot(self.Wrh, h_prev_t) + self.brh)
        self.z = squash(np.dot(self.Wzx, x) + self.bzx + np.dot(self.Wzh, h_prev_t) + self.bzh)
        self.u = np.dot(self.Wnh, h_prev_t) + self.bnh
        self.n = np.tanh(np.dot(self.Wnx, x) + self.bnx + self.r * self.u)
        return self.n + self.z * (h_prev_t - self.n)

    def backward(self, delta):
        delta = np.reshape(delta, (1, -1))
        x, h = self.x.reshape(1, -1), self.hidden.reshape(1, -1)
        dn = delta * (1 - self.z) * (1 - self.n**2)
        dz = delta * (h - self.n) * self.z * (1 - self.z)
        dr = dn * self.u * self.r * (1 - self.r)
        for gate, new, old in (("r", dr, dr), ("z", dz, dz), ("n", dn, dn * self.r)):
            setattr(self, f"dW{gate}x", new.T @ x)
            setattr(self, f"dW{gate}h", old.T @ h)
            setattr(self, f"db{gate}x", new[0])
            setattr(self, f"db{gate}h", old[0])
        dx = dn @ self.Wnx + dz @ self.Wzx + dr @ self.Wrx
        dh = delta * self.z + dn * self.r @ self.Wnh + dz @ self.Wzh + dr @ self.Wrh
        return dx, dh
