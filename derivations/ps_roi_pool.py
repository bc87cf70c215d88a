"""Position-sensitive pooling of regions (R-FCN, Dai et al. 2016): bin (i, j) has its own channels.

Region r lies in image m[r], from row t[r] to row t[r] + h[r] and from column l[r] to column
l[r] + w[r]. It is cut into K × K bins, and each is the mean of its entries in the channel that
votes for this bin; one that lies beyond the image is 0.
"""

from deltarule.language import *

aliases("ps_roi_pooling", "rfcn_pool")

N, C, H, W, R, K = sizes("N C H W R K")
c, r, i, j = indices("c r i j")
p, q = index("p", H), index("q", W)

x = input("x", N, C * K * K, H, W)
m = input("m", R, below=N)
t, h = input("t", R, below=H), input("h", R, below=H)
l, w = input("l", R, below=W), input("w", R, below=W)
area = intermediate("n", R, K, K)
y = output("y", R, C, K, K)

rows, columns = h[r] + 1, w[r] + 1
inside = [
    p >= t[r] + fits(i * rows, K), p < t[r] + fits((i + 1) * rows + K - 1, K),
    q >= l[r] + fits(j * columns, K), q < l[r] + fits((j + 1) * columns + K - 1, K),
]
area[r, i, j] = Sum[p, q](1, where=inside)
y[r, c, i, j] = Sum[p, q](x[m[r], (c*K + i)*K + j, p, q], where=inside) / max(1, area[r, i, j])
