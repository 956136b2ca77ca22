import numpy as np
import pytest

from sharvin.scattering.certificate import _LARGE, unitarity_error


@pytest.mark.parametrize("batch", [(), (2,)])
def test_the_unitarity_of_a_large_matrix(batch):
    size = _LARGE + 7
    rng = np.random.default_rng(0)
    shape = (*batch, size, size)
    matrix = np.linalg.qr(rng.normal(size=shape) + 1j * rng.normal(size=shape))[0]
    is_open = np.ones((*batch, size), dtype=bool)
    matrix[..., 3] = 0
    is_open[..., 3] = False
    matrix[..., 5, 9] += 1e-3
    gram = np.swapaxes(matrix.conj(), -1, -2) @ matrix
    wanted = np.abs(gram - is_open[..., None] * np.eye(size)).max(axis=(-2, -1))
    assert unitarity_error(matrix, is_open) == pytest.approx(wanted, rel=1e-12)
    assert np.shape(unitarity_error(matrix, is_open)) == batch
