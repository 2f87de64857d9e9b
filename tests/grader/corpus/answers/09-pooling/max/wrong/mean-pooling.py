# expected: unknown
import numpy as np


def tiles(x):
    h, w = x.shape
    return x[: h - h % 2, : w - w % 2].reshape(h // 2, 2, w // 2, 2).swapaxes(1, 2)


def forward(x):
    return tiles(x).mean(axis=(2, 3)).astype(np.float32)


def backward(x, g):
    blocks = tiles(x)
    mask = blocks == blocks.max(axis=(2, 3), keepdims=True)
    mask = mask / mask.sum(axis=(2, 3), keepdims=True)
    dx = np.zeros(x.shape, dtype=np.float32)
    tiles(dx)[...] = g[:, :, None, None] * mask
    return dx
