"""Windows by tensordot, shared ties, a loop over the kernel."""
import numpy as np


def conv_forward(A_prev, W, b, hparameters):
    f, stride, pad = W.shape[0], hparameters["stride"], hparameters["pad"]
    padded = np.pad(A_prev, ((0, 0), (pad,) * 2, (pad,) * 2, (0, 0)))
    I, J = ((n - f) // stride + 1 for n in padded.shape[1:3])
    Z = np.stack(
        [
            np.stack(
                [
                    np.tensordot(padded[:, i * stride :, j * stride :][:, :f, :f], W, 3)
                    for j in range(J)
                ],
                axis=1,
            )
            for i in range(I)
        ],
        axis=1,
    )
    return Z + b.reshape(-1), (padded, W, stride, pad)


def conv_backward(dZ, cache):
    padded, W, stride, pad = cache
    f = W.shape[0]
    I, J = dZ.shape[1:3]
    dA, dW = np.zeros(padded.shape), np.zeros(W.shape)
    for k in range(f):
        for l in range(f):
            rows = slice(k, k + stride * (I - 1) + 1, stride)
            columns = slice(l, l + stride * (J - 1) + 1, stride)
            dW[k, l] = np.einsum("nijc,nijf->cf", padded[:, rows, columns], dZ)
            dA[:, rows, columns] += dZ @ W[k, l].T
    inside = slice(pad, -pad or None)
    return dA[:, inside, inside], dW, dZ.sum((0, 1, 2)).reshape(1, 1, 1, -1)


def pool_forward(A_prev, hparameters, mode="max"):
    f, stride = hparameters["f"], hparameters["stride"]
    reduce = {"max": np.max, "average": np.mean}[mode]
    I, J = ((n - f) // stride + 1 for n in A_prev.shape[1:3])
    A = np.empty((len(A_prev), I, J, A_prev.shape[3]))
    for i, j in np.ndindex(I, J):
        r, s = i * stride, j * stride
        A[:, i, j] = reduce(A_prev[:, r : r + f, s : s + f], axis=(1, 2))
    return A, (A_prev, hparameters)


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros_like(A_prev)
    for i, j in np.ndindex(*dA.shape[1:3]):
        r, s = i * stride, j * stride
        window = A_prev[:, r : r + f, s : s + f]
        if mode == "max":
            share = (window == window.max(axis=(1, 2), keepdims=True)).astype(float)
        else:
            share = np.ones(window.shape)
        share /= share.sum(axis=(1, 2), keepdims=True)
        dA_prev[:, r : r + f, s : s + f] += share * dA[:, i : i + 1, j : j + 1]
    return dA_prev
