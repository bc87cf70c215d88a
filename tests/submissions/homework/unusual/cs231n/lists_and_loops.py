"""Plain Python lists, numbers one by one, caches as objects of a class of one's own."""
import math

import numpy as np


class Cache:
    def __init__(self, **kept):
        self.__dict__.update(kept)


def affine_forward(x, w, b):
    N, M = len(x), len(b)
    rows = [list(np.ravel(r)) for r in x]
    out = [[sum(v * w[d][m] for d, v in enumerate(r)) + b[m] for m in range(M)] for r in rows]
    return out, Cache(rows=rows, shape=x.shape, w=w)


def affine_backward(dout, cache):
    N, M = dout.shape
    D = len(cache.rows[0])
    dw = [[sum(cache.rows[n][d] * dout[n, m] for n in range(N)) for m in range(M)] for d in range(D)]
    db = [sum(dout[n, m] for n in range(N)) for m in range(M)]
    dx = [[sum(dout[n, m] * cache.w[d, m] for m in range(M)) for d in range(D)] for n in range(N)]
    return [np.array(dx).reshape(cache.shape), np.array(dw), db]


def relu_forward(x):
    out = np.array([[v if v > 0 else 0.0 for v in row] for row in x])
    return out, out


def relu_backward(dout, cache):
    half = np.where(cache > 0, 1.0, np.where(cache == 0, 0.0, 0.0))
    return dout * half


def svm_loss(x, y):
    N, C = x.shape
    loss, dx = 0.0, [[0.0] * C for _ in range(N)]
    for n in range(N - 1, -1, -1):
        for c in range(C):
            if c == y[n]:
                continue
            margin = x[n, c] - x[n, y[n]] + 1
            if margin >= 0:
                loss += margin / N
                dx[n][c] += 1 / N
                dx[n][y[n]] -= 1 / N
    return loss, dx


def softmax_loss(x, y):
    N, C = x.shape
    total, dx = 0.0, np.empty_like(x)
    for n, (row, label) in enumerate(zip(x, y)):
        top = max(row)
        lse = top + math.log(math.fsum(math.exp(v - top) for v in row))
        total += lse - row[label]
        for c in range(C):
            dx[n, c] = (math.exp(row[c] - lse) - float(c == label)) / N
    return total / N, dx


def svm_loss_naive(W, X, y, reg):
    dW = np.zeros(W.shape)
    loss = 0.0
    for j in range(W.shape[1]):
        for i in range(X.shape[0]):
            if j != y[i]:
                margin = X[i] @ (W[:, j] - W[:, y[i]]) + 1.0
                if margin > 0:
                    loss += margin
                    dW[:, j] += X[i, :].T
                    dW[:, y[i]] -= X[i, :].T
    return loss / len(X) + reg * (W**2).sum(), dW / len(X) + (W + W) * reg


def softmax_loss_naive(W, X, y, reg):
    def one(row, label):
        scores = row.dot(W)
        scores -= np.max(scores)
        p = np.exp(scores)
        p /= p.sum()
        q = p.copy()
        q[label] -= 1
        return -np.log(p[label]) if p[label] > 0 else scores.max() - scores[label], np.outer(row, q)

    losses, slopes = zip(*[one(row, label) for row, label in zip(X, y)])
    return np.mean(losses) + reg * np.sum(W * W), np.mean(slopes, axis=0) + 2 * reg * W
