"""What a system with dephasing probes shows as a conductor: transmissions, thresholds, and no scattering matrix."""

from typing import Any, Never

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError
from ..model.dephasing import DephasedSystem
from ..options import Options, options_of
from ..scattering import Transmissions, energies_of, in_batches, scattering_matrix, thresholds, transmissions
from .dephased_problem import DephasedProblem


@transmissions.register
def _(
    dephased: DephasedSystem, energy: np.ndarray, *, options: Options | None = None, **params: Any
) -> Transmissions:
    problem = DephasedProblem(dephased, params, options_of(options))
    interface = problem.interface_size

    def some(energies: np.ndarray) -> tuple[Transmissions, float]:
        points = problem.at(energies)
        values = np.array([point.transmission for point in points])
        errors = np.array([point.error for point in points])
        return Transmissions(values, errors, dephased.spin_degeneracy), 64.0 * interface**2

    return in_batches(np.atleast_1d(energies_of(energy)), some)


@thresholds.register
def _(dephased: DephasedSystem, window: tuple[float, float], **params: Any) -> np.ndarray:
    _, own = dephased.split(params)
    return thresholds(dephased.system, window, **own)


@scattering_matrix.register
def _(dephased: DephasedSystem, energy: ArrayLike, *, options: Options | None = None, **params: Any) -> Never:
    raise InputError(
        "scattering_matrix: electrons that lose their phase have no amplitudes, only probabilities; ask for "
        "sharvin.transmission, sharvin.conductance or sharvin.current, or for the system without probes, .system"
    )
