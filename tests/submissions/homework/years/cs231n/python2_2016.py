import numpy as np


def conv_forward_naive(x, w, b, conv_param):
  out = None
  N, C, H, W = x.shape
  F, C, HH, WW = w.shape
  stride = conv_param['stride']
  pad = conv_param['pad']
  rows = (H + 2 * pad - HH) / stride + 1
  cols = (W + 2 * pad - WW) / stride + 1
  xp = np.pad(x, ((0,), (0,), (pad,), (pad,)), mode='constant', constant_values=0)
  out = np.zeros((N, F, rows, cols))
  for f in xrange(F):
    for n in xrange(N):
      for i in xrange(rows):
        for j in xrange(cols):
          a, c = i * stride, j * stride
          out[n, f, i, j] = np.sum(xp[n, :, a:a + HH, c:c + WW] * w[f]) + b[f]
  cache = (x, w, b, conv_param)
  return out, cache


def conv_backward_naive(dout, cache):
  x, w, b, conv_param = cache
  N, C, H, W = x.shape
  F, C, HH, WW = w.shape
  stride = conv_param['stride']
  pad = conv_param['pad']
  rows = (H + 2 * pad - HH) / stride + 1
  cols = (W + 2 * pad - WW) / stride + 1
  xp = np.pad(x, ((0,), (0,), (pad,), (pad,)), mode='constant', constant_values=0)
  dw = np.zeros_like(w)
  db = np.zeros_like(b)
  dxp = np.zeros_like(xp)
  for f in xrange(F):
    db[f] += np.sum(dout[:, f, :, :])
    for n in xrange(N):
      for i in xrange(rows):
        for j in xrange(cols):
          a, c = i * stride, j * stride
          d = dout[n, f, i, j]
          dw[f] += xp[n, :, a:a + HH, c:c + WW] * d
          dxp[n, :, a:a + HH, c:c + WW] += w[f] * d
  dx = dxp[:, :, pad:pad + H, pad:pad + W]
  return dx, dw, db


def max_pool_forward_naive(x, pool_param):
  N, C, H, W = x.shape
  ph, pw, s = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
  rows, cols = (H - ph) / s + 1, (W - pw) / s + 1
  out = np.zeros((N, C, rows, cols))
  for i in range(rows):
    for j in range(cols):
      out[:, :, i, j] = x[:, :, i*s:i*s+ph, j*s:j*s+pw].max(axis=(2, 3))
  return out, (x, pool_param)


def max_pool_backward_naive(dout, cache):
  x, pool_param = cache
  N, C, H, W = x.shape
  ph, pw, s = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
  rows, cols = (H - ph) / s + 1, (W - pw) / s + 1
  dx = np.zeros_like(x)
  for n in xrange(N):
    for k in xrange(C):
      for i in xrange(rows):
        for j in xrange(cols):
          block = x[n, k, i*s:i*s+ph, j*s:j*s+pw]
          r, c = divmod(np.argmax(block), pw)
          dx[n, k, i*s + r, j*s + c] += dout[n, k, i, j]
  return dx


def svm_loss(x, y):
  N = x.shape[0]
  right = x[np.arange(N), y]
  margins = np.maximum(0, x - right[:, np.newaxis] + 1.0)
  margins[np.arange(N), y] = 0
  loss = np.sum(margins) / N
  count = np.sum(margins > 0, axis=1)
  dx = np.zeros_like(x)
  dx[margins > 0] = 1
  dx[np.arange(N), y] -= count
  dx /= N
  return loss, dx
