"""Single precision where it is usual, np.matrix, tuples and generators for arrays, own copies changed."""
import numpy as np

f32 = np.float32


def affine_forward(x, w, b):
    out = np.matrix(x.reshape(len(x), -1)) * np.matrix(w) + b
    return out, (np.asfortranarray(x), w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx = np.matrix(dout) * w.T
    dw = np.matrix(x.reshape(len(x), -1)).T * np.matrix(dout)
    return tuple([np.array(dx).reshape(x.shape), dw, list(dout.sum(0))])


def relu_forward(x):
    out = np.ma.masked_less(x, 0).filled(0)
    return out, x


def relu_backward(dout, cache):
    dx, flat = dout.copy(), cache.ravel()
    for k in range(flat.size):
        if not flat[k] > 0:
            dx.flat[k] = 0
    return dx


def conv_forward_naive(x, w, b, conv_param):
    x32, w32, s, p = x.astype(f32), w.astype(f32), conv_param["stride"], conv_param["pad"]
    padded = np.zeros((*x.shape[:2], x.shape[2] + 2 * p, x.shape[3] + 2 * p), f32)
    padded[:, :, p : p + x.shape[2], p : p + x.shape[3]] = x32
    rows = np.arange(0, padded.shape[2] - w.shape[2] + 1, s)
    cols = np.arange(0, padded.shape[3] - w.shape[3] + 1, s)
    out = np.zeros((len(x), len(w), len(rows), len(cols)), f32)
    for (i, r) in enumerate(rows):
        for (j, c) in enumerate(cols):
            part = padded[:, None, :, r : r + w.shape[2], c : c + w.shape[3]]
            out[:, :, i, j] = (part * w32[None]).sum((2, 3, 4)) + b.astype(f32)
    return out, (padded, w32, s, p)


def conv_backward_naive(dout, cache):
    x, w, s, p = cache
    g, dx, dw = dout.astype(f32), np.zeros_like(x), np.zeros_like(w)
    for n, f, i, j in np.ndindex(*g.shape):
        at = np.s_[n, :, i * s : i * s + w.shape[2], j * s : j * s + w.shape[3]]
        dx[at] += g[n, f, i, j] * w[f]
        dw[f] += x[at] * g[n, f, i, j]
    H, W = x.shape[2] - p, x.shape[3] - p
    return dx[:, :, p:H, p:W], dw, g.sum(axis=(0, 2, 3), dtype=np.float64)


def batchnorm_forward(x, gamma, beta, bn_param):
    eps, m = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    D = x.shape[1]
    bn_param.setdefault("running_mean", np.zeros(D))
    bn_param.setdefault("running_var", np.zeros(D))
    if bn_param["mode"] == "test":
        hat = (x - bn_param["running_mean"]) / np.sqrt(bn_param["running_var"] + eps)
        return hat * gamma + beta, None
    mean = x.mean(0)
    var = (x**2).mean(0) - mean**2
    bn_param["running_mean"] = m * bn_param["running_mean"] + (1 - m) * mean
    bn_param["running_var"] = m * bn_param["running_var"] + (1 - m) * var
    hat = (x - mean) / np.sqrt(var + eps)
    return hat * gamma + beta, (x.copy(), hat, gamma, np.sqrt(var + eps))


def batchnorm_backward(dout, cache):
    x, hat, gamma, sd = cache
    N = float(len(x))
    dhat = dout * gamma
    dvar = -0.5 * np.sum(dhat * hat, axis=0) / sd**2
    dmean = -dhat.sum(0) / sd
    dx = dhat / sd
    dx += dvar * 2 / N * (x - x.mean(0))
    dx += dmean / N
    return dx, (dout * hat).sum(0, keepdims=True)[0], dout.sum(0)


def layernorm_forward(x, gamma, beta, ln_param):
    rows = [(r - r.mean()) / np.sqrt(r.var() + ln_param.get("eps", 1e-5)) for r in x]
    sds = [np.sqrt(r.var() + ln_param.get("eps", 1e-5)) for r in x]
    return [gamma * r + beta for r in rows], (rows, sds, gamma)


def layernorm_backward(dout, cache):
    rows, sds, gamma = cache
    D, dx = dout.shape[1], []
    for g, hat, sd in zip(dout * gamma, rows, sds):
        jacobian = (np.eye(D) - 1 / D - np.outer(hat, hat) / D) / sd
        dx.append(g @ jacobian)
    dgamma = sum(g * hat for g, hat in zip(dout, rows))
    return dx, dgamma, sum(dout)


def svm_loss(x, y):
    rows = np.arange(len(y))
    margins = np.maximum(x.T - x[rows, y] + 1, 0).T
    margins[rows, y] = 0
    dx = np.sign(margins)
    dx[rows, y] = -np.count_nonzero(margins, axis=1)
    return margins.sum().item() / len(y), dx / len(y)


def softmax_loss(x, y):
    z = x.astype(np.longdouble)
    z = z - z.max(axis=1)[:, np.newaxis]
    p = np.exp(z) / np.exp(z).sum(axis=1)[:, np.newaxis]
    loss = sum(np.log(np.exp(r).sum()) - r[k] for r, k in zip(z, y)) / len(y)
    p[range(len(y)), y] -= 1
    return np.float64(loss), (p / len(y)).astype(float)


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    x, h, c, U, V, b = (a.astype(f32) for a in (x, prev_h, prev_c, Wx, Wh, b))
    a = (x @ U + h @ V + b).reshape(len(x), 4, -1)
    i, f, o = (1 / (1 + np.exp(-a[:, k])) for k in range(3))
    g = np.tanh(a[:, 3])
    c2 = f * c + i * g
    return o * np.tanh(c2), c2, (x, h, c, U, V, i, f, o, g, c2)


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, h, c, U, V, i, f, o, g, c2 = cache
    t = np.tanh(c2)
    total = np.array(dnext_c, copy=True)
    total += dnext_h * o * (1 - t**2)
    da = np.empty((len(x), 4, i.shape[1]))
    da[:, 0] = total * g * i * (1 - i)
    da[:, 1] = total * c * f * (1 - f)
    da[:, 2] = dnext_h * t * o * (1 - o)
    da[:, 3] = total * i * (1 - g**2)
    da = da.reshape(len(x), -1)
    return da @ U.T, da @ V.T, total * f, x.T @ da, h.T @ da, da.sum(0)
