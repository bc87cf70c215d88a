"""Layers of one's own; two of them are wrong."""

import numpy as np


def relu_forward(x):
    return np.maximum(x, 0), x


def relu_backward(dout, cache):
    return dout * (cache > 0)


def scale(x, W, b):
    return x @ W - b


def scale_back(dy, x, W):
    dx, dW = dy @ W.T, x.T @ dy
    return dx, dW


def changes(z):
    z[z < 0] = 0
    return z


def raises(z):
    number = len(z)
    return np.zeros(number) @ z.T


def softmax_loss(x, y):
    loss, p = 0.0, np.exp(x - x.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    for i in range(len(x)):
        loss -= float(np.log(p[i : i + 1, y[i]]))
    return loss / len(x), (p - np.eye(x.shape[1])[y]) / len(x)


class ReLU:
    def forward(self, Z):
        self.A = np.maximum(Z, 0)
        return self.A

    def backward(self, dLdA):
        return dLdA * (self.A > 0)
