import numpy as np
from random import shuffle

def svm_loss_naive(W, X, y, reg):
  dW = np.zeros(W.shape)
  num_classes = W.shape[0]
  num_train = X.shape[1]
  loss = 0.0
  for i in xrange(num_train):
    scores = W.dot(X[:, i])
    right = scores[y[i]]
    for j in xrange(num_classes):
      if j == y[i]:
        continue
      margin = scores[j] - right + 1
      if margin > 0:
        loss += margin
        dW[j] += X[:, i]
        dW[y[i]] -= X[:, i]
  loss /= num_train
  dW /= num_train
  loss += 0.5 * reg * np.sum(W * W)
  dW += reg * W
  return loss, dW


def softmax_loss_vectorized(W, X, y, reg):
  num_train = X.shape[1]
  f = W.dot(X)
  f -= np.max(f, axis=0)
  e = np.exp(f)
  s = e.sum(axis=0)
  loss = np.mean(np.log(s) - f[y, xrange(num_train)])
  loss += 0.5 * reg * np.sum(W * W)
  p = e / s
  p[y, xrange(num_train)] -= 1
  dW = p.dot(X.T) / num_train + reg * W
  return loss, dW
