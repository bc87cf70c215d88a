"""Outer products, ones for sums, masks by rank, more in the dictionaries than is asked for."""
import numpy as np


def sigmoid(Z):
    A = np.empty_like(Z, dtype=float)
    A[Z >= 0] = 1 / (1 + np.exp(-Z[Z >= 0]))
    A[Z < 0] = np.exp(Z[Z < 0]) / (1 + np.exp(Z[Z < 0]))
    return A, Z


def sigmoid_backward(dA, cache):
    return dA / (2 + np.exp(cache) + np.exp(-cache))


def relu(Z):
    return Z * (Z > 0), Z


def relu_backward(dA, cache):
    return np.where(np.greater(cache, 0), dA, 0.0)


def linear_forward(A, W, b):
    Z = np.tensordot(W, A, axes=1)
    Z = Z + b
    return Z, {"A": A, "W": W, "b": b}


def linear_backward(dZ, cache):
    A, W, m = cache["A"], cache["W"], dZ.shape[1]
    dW = sum(np.outer(dZ[:, k], A[:, k]) for k in range(m)) / m
    db = dZ @ np.full((m, 1), 1 / m)
    return W.T @ dZ, dW, db


def linear_activation_forward(A_prev, W, b, activation):
    Z, linear = linear_forward(A_prev, W, b)
    A, act = {"relu": relu, "sigmoid": sigmoid}[activation](Z)
    return A, [linear, act]


def linear_activation_backward(dA, cache, activation):
    back = relu_backward if activation == "relu" else sigmoid_backward
    return linear_backward(back(dA, cache[1]), cache[0])


def compute_cost(AL, Y):
    terms = np.where(Y == 1, np.log(AL), np.log1p(-AL))
    return np.array(-terms.mean())


def zero_pad(X, pad):
    m, H, W, C = X.shape
    out = np.zeros((m, H + 2 * pad, W + 2 * pad, C))
    out[:, pad : H + pad, pad : W + pad] = X
    return out


def conv_single_step(a_slice_prev, W, b):
    return np.vdot(a_slice_prev, W) + b.item()


def conv_forward(A_prev, W, b, hparameters):
    f, s = W.shape[0], hparameters["stride"]
    x = zero_pad(A_prev, hparameters["pad"])
    rows = range(0, x.shape[1] - f + 1, s)
    cols = range(0, x.shape[2] - f + 1, s)
    kernel = W.reshape(-1, W.shape[3])
    Z = [[x[:, r : r + f, c : c + f].reshape(len(x), -1) @ kernel for c in cols] for r in rows]
    return np.transpose(np.array(Z), (2, 0, 1, 3)) + b, (A_prev, W, b, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    s, pad = hparameters["stride"], hparameters["pad"]
    m, H, W_, _ = A_prev.shape
    dA, dW = np.zeros(A_prev.shape), np.zeros(W.shape)
    for k, l in np.ndindex(W.shape[:2]):
        for h, w in np.ndindex(dZ.shape[1:3]):
            r, c = s * h + k - pad, s * w + l - pad
            if 0 <= r < H and 0 <= c < W_:
                dA[:, r, c] += dZ[:, h, w] @ W[k, l].T
                dW[k, l] += A_prev[:, r, c].T @ dZ[:, h, w]
    return dA, dW, dZ.sum((0, 1, 2)).reshape(b.shape)


def pool_forward(A_prev, hparameters, mode="max"):
    f, s = hparameters["f"], hparameters["stride"]
    view = np.lib.stride_tricks.sliding_window_view(A_prev, (f, f), axis=(1, 2))[:, ::s, ::s]
    reduce = {"max": np.max, "average": np.mean}[mode]
    return reduce(view, axis=(-2, -1)), (A_prev, hparameters)


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros_like(A_prev)
    for (i, h, w, c), g in np.ndenumerate(dA):
        part = np.s_[i, h * s : h * s + f, w * s : w * s + f, c]
        if mode == "max":
            last = f * f - 1 - np.argmax(A_prev[part].ravel()[::-1])
            dA_prev[part].flat[last] += g
        else:
            dA_prev[part] += g / f**2
    return dA_prev


def rnn_cell_forward(xt, a_prev, parameters):
    p = parameters
    both = np.hstack((p["Wax"], p["Waa"])) @ np.vstack((xt, a_prev)) + p["ba"]
    a_next = np.tanh(both)
    z = p["Wya"] @ a_next + p["by"]
    y = np.exp(z - np.logaddexp.reduce(z, axis=0))
    return a_next, y, (a_next, a_prev, xt, parameters)


def rnn_cell_backward(da_next, cache):
    a_next, a_prev, xt, p = cache
    dz = da_next - da_next * a_next**2
    n_x = len(xt)
    back = np.hstack((p["Wax"], p["Waa"])).T @ dz
    grads = np.einsum("am,km->ak", dz, np.vstack((xt, a_prev)))
    return {
        "dxt": back[:n_x], "da_prev": back[n_x:], "dWax": grads[:, :n_x], "dWaa": grads[:, n_x:],
        "dba": dz.sum(1)[:, None], "dz": dz, "note": "dz is for me",
    }
