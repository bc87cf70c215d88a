"""S4D (Gu et al. 2022): a convolution whose kernel is the answer of a diagonal state space.

The states decay and turn, a_n = exp(−α_n Δ + i ω_n Δ), and the kernel is K_l = 2 Re Σ_n c_n a_nˡ.
"""

from deltarule.language import *

T, D, N = sizes("T D N")
t, l, d, n = indices("t l d n")

x = input("x", T, D)
alpha, omega = parameter("alpha", D, N, within="(0, oo)"), parameter("omega", D, N)
step = parameter("Delta", D, within="(0, oo)")
c_re, c_im, skip = parameter("c_re", D, N), parameter("c_im", D, N), parameter("D", D)
a_re, a_im = intermediate("a_re", T, D, N), intermediate("a_im", T, D, N)
K = intermediate("K", T, D)
y = output("y", T, D)

a_re[l, d, n] = exp(-alpha[d, n] * step[d] * l) * cos(omega[d, n] * step[d] * l)
a_im[l, d, n] = exp(-alpha[d, n] * step[d] * l) * sin(omega[d, n] * step[d] * l)
K[l, d] = 2 * Sum[n](c_re[d, n] * a_re[l, d, n] - c_im[d, n] * a_im[l, d, n])
y[t, d] = Sum[l](K[l, d] * x[t - l, d], where=l <= t) + skip[d] * x[t, d]
