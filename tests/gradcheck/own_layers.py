"""Functions as people write them: right ones, and one of each common mistake."""

import numpy as np


def dense(x, w, b):
    """x [N, D], w [D, M], b [M]"""
    return x @ w + b


def dense_backward(x, w, b, dy):
    return {"x": dy @ w.T, "w": x.T @ dy, "b": dy.sum(axis=0)}


def affine_forward(x, w, b):
    """x [N, D], w [D, M] and b [M] give out [N, M]."""
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(0)


def relu(x):
    """x [N, M]"""
    return np.maximum(0, x)


def relu_backward(x, dy):
    return dy * (x > 0)


def absolute(x):
    """x [N, M]"""
    return np.abs(x)


def absolute_backward(x, y, dy):
    return dy * np.where(y > 0, x / np.where(y > 0, y, 1), 0)


def cross_entropy(s, t):
    """s [N, C], t [N below C]"""
    return np.mean(np.log(np.exp(s).sum(axis=1)) - s[np.arange(len(t)), t])


def cross_entropy_gradient(s, t):
    p = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
    p[np.arange(len(t)), t] -= 1
    return p / len(t)


def scaled(x, factor=3):
    """x [N, D]"""
    return factor * np.tanh(x)


def scaled_backward(x, dy, factor=3):
    return factor * dy * (1 - np.tanh(x) ** 2)


def windows(x, w, stride):
    """The windows of x, and where they stand."""
    (k, l), (h, v) = w.shape[2:], x.shape[2:]
    for i in range((h - k) // stride + 1):
        for j in range((v - l) // stride + 1):
            rows, columns = slice(i * stride, i * stride + k), slice(j * stride, j * stride + l)
            yield i, j, (slice(None), slice(None), rows, columns)


def conv(x, w, stride=1, pad=1):
    """x [N, C, H, W], w [F, C, K, L]"""
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    found = {
        (i, j): np.tensordot(x[at], w, ((1, 2, 3), (1, 2, 3))) for i, j, at in windows(x, w, stride)
    }
    rows, columns = max(found)
    y = np.stack([found[i, j] for i in range(rows + 1) for j in range(columns + 1)], axis=-1)
    return y.reshape(len(x), len(w), rows + 1, columns + 1)


def conv_backward(x, w, dy, stride=1, pad=1):
    wide = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dx, dw = np.zeros(wide.shape), np.zeros(w.shape)
    for i, j, at in windows(wide, w, stride):
        dx[at] += np.tensordot(dy[:, :, i, j], w, 1)
        dw += np.tensordot(dy[:, :, i, j], wide[at], (0, 0))
    h, v = x.shape[2:]
    return dx[:, :, pad : pad + h, pad : pad + v], dw


# ---- wrong ---------------------------------------------------------------------------------------


def conv_cut(x, w, stride=1, pad=1):
    """x [N, C, H, W], w [F, C, K, L]"""
    return conv(x, w, stride, pad)


def conv_cut_backward(x, w, dy, stride=1, pad=1):
    wide = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dx, dw = conv_backward(wide, w, dy, stride, 0)
    return dx[:, :, pad:-pad, pad:-pad], dw


def conv_no_stride(x, w, stride=1, pad=1):
    """x [N, C, H, W], w [F, C, K, L]"""
    return conv(x, w, stride, pad)


def conv_no_stride_backward(x, w, dy, stride=1, pad=1):
    return (
        conv_backward(x, w, dy, 1, pad)
        if stride == 1
        else (
            conv_backward(
                x,
                w,
                np.repeat(np.repeat(dy, 3, 2), 3, 3)[
                    :,
                    :,
                    : x.shape[2] + 2 * pad - w.shape[2] + 1,
                    : x.shape[3] + 2 * pad - w.shape[3] + 1,
                ],
                1,
                pad,
            )
        )
    )


def sign(x, w):
    """x [N, D], w [D, M]"""
    return x @ w


def sign_backward(x, w, dy):
    return -dy @ w.T, x.T @ dy


def no_sum(x, b):
    """x [N, D], b [D]"""
    return x + b


def no_sum_backward(x, b, dy):
    return dy, dy


def mean_for_sum(x, b):
    """x [N, D], b [D]"""
    return x + b


def mean_for_sum_backward(x, b, dy):
    return dy, dy.mean(axis=0)


def one_row(x, b):
    """x [N, D], b [D]"""
    return x + b


def one_row_backward(x, b, dy):
    return dy, dy[0]


def transposed(x, w):
    """x [N, D], w [D, M]"""
    return x @ w


def transposed_backward(x, w, dy):
    return dy @ w.T, dy.T @ x


def square_weights(x, w):
    """x [N, D], w [D, D]"""
    return x @ w


def square_weights_backward(x, w, dy):
    return dy @ w.T, dy.T @ x


def twice(x):
    """x [N, D]"""
    return np.tanh(x)


def twice_backward(x, dy):
    return 2 * dy * (1 - np.tanh(x) ** 2)


def no_upstream(x):
    """x [N, D]"""
    return np.tanh(x)


def no_upstream_backward(x, dy):
    return 1 - np.tanh(x) ** 2


def every_maximum(x):
    """x [N, 4]"""
    return x.reshape(len(x), 2, 2).max(axis=2)


def every_maximum_backward(x, y, dy):
    return (x == np.repeat(y, 2, axis=1)) * np.repeat(dy, 2, axis=1)


def in_place(x):
    """x [N, D]"""
    return np.maximum(x, 0)


def in_place_backward(x, dy):
    dy *= x > 0
    return dy


def fails(x, w):
    """x [N, D], w [D, M]"""
    return x @ w


def fails_backward(x, w, dy):
    return dy @ w, x.T @ dy


def forgotten(x, w):
    """x [N, D], w [D, M]"""
    return x @ w


def forgotten_backward(x, w, dy):
    return {"dx": dy @ w.T}


def not_a_number(x):
    """x [N, D]"""
    return np.tanh(x)


def not_a_number_backward(x, dy):
    return dy * np.nan


def alone(x, w):
    """x [N, D], w [D, M]"""
    return np.sin(x @ w)


def exchanged_and_fails(x, w, stride=1, dilation=1):
    """x [H], w [K]"""
    n = (len(x) - dilation * (len(w) - 1) - 1) // stride + 1
    at = stride * np.arange(n)[:, None] + dilation * np.arange(len(w))
    return x[at] @ w


def exchanged_and_fails_backward(x, w, dy, stride=1, dilation=1):
    at = dilation * np.arange(len(dy))[:, None] + stride * np.arange(len(w))
    dx = np.zeros_like(x)
    np.add.at(dx, at, dy[:, None] * w)
    return dx, dy @ x[at]


class Layer:
    """What all layers have."""

    def forward(self, x):
        """To be filled in."""
        raise NotImplementedError

    def backward(self, dy):
        pass
