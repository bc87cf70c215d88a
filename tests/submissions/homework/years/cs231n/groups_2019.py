import numpy as np


def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    eps = gn_param.get('eps', 1e-5)
    N, C, H, W = x.shape
    g = x.reshape(N, G, C // G, H, W)
    mean = g.mean(axis=(2, 3, 4), keepdims=True)
    std = np.sqrt(g.var(axis=(2, 3, 4), keepdims=True) + eps)
    xhat = ((g - mean) / std).reshape(N, C, H, W)
    return xhat * gamma[None, :, None, None] + beta[None, :, None, None], (G, gamma, std, xhat)


def spatial_groupnorm_backward(dout, cache):
    G, gamma, std, xhat = cache
    N, C, H, W = dout.shape
    dbeta = dout.sum(axis=(0, 2, 3))
    dgamma = (dout * xhat).sum(axis=(0, 2, 3))
    d = (dout * gamma[None, :, None, None]).reshape(N, G, C // G, H, W)
    xhat = xhat.reshape(d.shape)
    axes = (2, 3, 4)
    dx = d - d.mean(axis=axes, keepdims=True) - xhat * (d * xhat).mean(axis=axes, keepdims=True)
    return (dx / std).reshape(N, C, H, W), dgamma, dbeta
