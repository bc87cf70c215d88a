"""float32 inside."""
import numpy as np


def affine_forward(x, w, b):
    x32, w32 = x.astype(np.float32), w.astype(np.float32)
    return x32.reshape(len(x), -1).dot(w32) + b.astype("float32"), (x32, w32)


def affine_backward(dout, cache):
    x, w = cache
    g = dout.astype(np.float32)
    return g.dot(w.T).reshape(x.shape), x.reshape(len(x), -1).T.dot(g), g.sum(axis=0)


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    x, prev_h, Wx, Wh, b = (np.asarray(a, np.float32) for a in (x, prev_h, Wx, Wh, b))
    h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return h, (x, prev_h, Wx, Wh, h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, h = cache
    dz = np.float32(dnext_h) * (1 - h) * (1 + h)
    return dz @ Wx.T, dz @ Wh.T, x.T @ dz, prev_h.T @ dz, dz.sum(0)


def softmax_loss(x, y):
    x = np.float32(x)
    x = x - x.max(1, keepdims=True)
    logs = x - np.log(np.exp(x).sum(1, keepdims=True))
    hot = np.eye(x.shape[1], dtype=np.float32)[y]
    return -(logs * hot).sum() / len(x), (np.exp(logs) - hot) / len(x)
