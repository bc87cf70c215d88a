"""Windows by stride tricks, columns of patches, last and shared maxima of ties."""
import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view


def im2col(x, height, width, stride, pad):
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)], "constant")
    view = sliding_window_view(padded, (height, width), axis=(2, 3))
    return view[:, :, ::stride, ::stride], padded.shape


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    view, shape = im2col(x, w.shape[2], w.shape[3], stride, pad)
    out = np.einsum("ncijkl,fckl->nfij", view, w, optimize=True) + b.reshape(1, -1, 1, 1)
    return out, {"view": view, "w": w, "shape": shape, "stride": stride, "pad": pad}


def conv_backward_naive(dout, cache):
    view, w, stride, pad = cache["view"], cache["w"], cache["stride"], cache["pad"]
    dw = np.einsum("ncijkl,nfij->fckl", view, dout)
    db = np.apply_over_axes(np.sum, dout, [0, 2, 3]).ravel()
    patches = np.einsum("nfij,fckl->ncijkl", dout, w)
    padded = np.zeros(cache["shape"])
    high, wide = dout.shape[2:]
    for k in range(w.shape[2]):
        for l in range(w.shape[3]):
            padded[:, :, k : k + stride * high : stride, l : l + stride * wide : stride][
                :, :, :high, :wide
            ] += patches[..., k, l]
    end = [n - pad for n in padded.shape[2:]]
    return padded[:, :, pad : end[0], pad : end[1]], dw, db


def max_pool_forward_naive(x, pool_param):
    height, width, stride = (pool_param[k] for k in ("pool_height", "pool_width", "stride"))
    x = np.ascontiguousarray(x)
    N, C, H, W = x.shape
    I, J = (H - height) // stride + 1, (W - width) // stride + 1
    n, c, h, w = x.strides
    view = as_strided(x, (N, C, I, J, height, width), (n, c, h * stride, w * stride, h, w))
    flat = view.reshape(N, C, I, J, -1)
    last = flat.shape[-1] - 1 - flat[..., ::-1].argmax(axis=-1)
    out = np.take_along_axis(flat, last[..., None], axis=-1)[..., 0]
    return out, (last, x.shape, pool_param)


def max_pool_backward_naive(dout, cache):
    last, shape, pool_param = cache
    stride, width = pool_param["stride"], pool_param["pool_width"]
    dx = np.zeros(shape)
    n, c, i, j = np.indices(dout.shape)
    np.add.at(dx, (n, c, i * stride + last // width, j * stride + last % width), dout)
    return dx
