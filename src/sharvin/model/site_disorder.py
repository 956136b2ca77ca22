"""Disorder: on-site energies that belong to the sites of a lattice and to a seed, whatever region they are in.

All are terms, so they are added to a model, and their strength and seed may be parameters to be swept: the pattern of
the Hamiltonian stays. What takes sites away are `System.vacancies` and `System.rough_edges`.
"""

from typing import Any

import numpy as np

from ..constants import HBAR, HBAR2_OVER_2M, VACUUM_PERMITTIVITY
from ..errors import InputError
from ..reals import integer, positive, shown
from ..reals import number as finite
from .bravais import Lattice
from .composed import composed
from .noise import normal, smoothed, uniform
from .terms import Terms, onsite
from .values import Parameter

_SITE = ("cell", "sublattice_number", "lattice")
_REACH = 6.0  # standard deviations up to which a Gaussian is summed
_FAR = 40.0  # standard deviations at which a Gaussian is zero
_DECAYED = 1e-6  # of a screened potential that is left where it is cut
_DISTRIBUTIONS = ("uniform", "normal")
#: e²/(4πε₀) in eV nm.
_COULOMB = 1 / (4 * np.pi * VACUUM_PERMITTIVITY)


def disorder(
    strength: float | Parameter,
    seed: int | Parameter,
    *,
    distribution: str = "uniform",
    length: float | Parameter | None = None,
    sublattice: str | None = None,
) -> Terms:
    """Random on-site energies (Anderson disorder), independent or correlated.

    Parameters
    ----------
    strength
        In eV. For the uniform distribution its full width W: energies lie in (−W/2, W/2). For the normal one, and for
        correlated disorder, the standard deviation.
    seed
        An integer. A site's energy depends on it, on the site's cell and on its sublattice, and on nothing else.
    distribution
        "uniform" or "normal".
    length
        Correlation length ξ in nm: ⟨V(r)V(r′)⟩ = strength² exp(−|r − r′|²/2ξ²), normally distributed. Independent sites
        by default.
    sublattice
        Restrict the disorder to one sublattice.

    Raises
    ------
    InputError
        For a distribution that there is not, a length that is not positive, or a seed that is no integer.

    Notes
    -----
    P. W. Anderson, Phys. Rev. 109, 1492 (1958).

    Examples
    --------
    >>> import sharvin as sv
    >>> wire = sv.Model(sv.lattice.square(a=2.0), sv.onsite(0.4) + sv.hopping(-0.1))
    >>> dirty = wire + sv.disorder(strength=0.05, seed=sv.param("seed"))
    >>> h = dirty.region(sv.shape.disk(20.0)).hamiltonian(seed=1)
    >>> bool(abs(h.diagonal() - 0.4).max() < 0.025)
    True
    """
    if not isinstance(distribution, str) or distribution not in _DISTRIBUTIONS:
        raise InputError(f"disorder: distribution must be one of {_DISTRIBUTIONS}, got {shown(distribution)}")
    _check_given("disorder: strength", strength)
    _check_seed("disorder", seed)
    if length is not None:
        _check_given("disorder: length", length, above_zero=True)
    else:
        draw = uniform if distribution == "uniform" else normal
        center = 0.5 if distribution == "uniform" else 0.0

        def energies(
            cell: np.ndarray, kind: np.ndarray, lattice: Lattice, *, strength: Any, seed: Any
        ) -> np.ndarray:
            return finite("disorder: strength", strength) * (
                draw(cell, kind, integer("disorder: seed", seed)) - center
            )

        return onsite(composed(energies, _SITE, strength=strength, seed=seed), sublattice)

    def correlated(
        cell: np.ndarray, kind: np.ndarray, lattice: Lattice, *, strength: Any, seed: Any, length: Any
    ) -> np.ndarray:
        xi, number = positive("disorder: length", length), integer("disorder: seed", seed)
        # Noise smoothed with exp(−r²/ξ²) is correlated as exp(−r²/2ξ²).
        reach = _REACH / np.sqrt(2) * xi

        def kernel(distance: np.ndarray) -> np.ndarray:
            return np.exp(-(np.minimum(distance / xi, _FAR) ** 2))

        found = smoothed(
            lattice, cell, kind, lambda cells, kinds: normal(cells, kinds, number), kernel, reach
        )
        origin = (
            np.zeros((lattice.sublattice_count, lattice.dimension), dtype=int),
            np.arange(lattice.sublattice_count),
        )
        variance = smoothed(lattice, *origin, _one, lambda distance: kernel(distance) ** 2, reach)
        return finite("disorder: strength", strength) * found / np.sqrt(variance[kind])

    return onsite(composed(correlated, _SITE, strength=strength, seed=seed, length=length), sublattice)


def impurities(
    density: float | Parameter,
    strength: float | Parameter,
    length: float | Parameter,
    seed: int | Parameter,
) -> Terms:
    """Scatterers of Gaussian shape on random sites: V(r) = Σ_i U_i exp(−|r − R_i|²/2ξ²), U_i uniform in (−δ, δ).

    Parameters
    ----------
    density
        Scatterers for each nm (chains), nm² or nm³.
    strength
        δ in eV.
    length
        ξ in nm.
    seed
        An integer.

    Notes
    -----
    A. Rycerz, J. Tworzydło and C. W. J. Beenakker, EPL 79, 57003 (2007).

    Examples
    --------
    >>> import sharvin as sv
    >>> graphene = sv.Model(sv.lattice.honeycomb(), sv.hopping(-2.7))
    >>> puddles = graphene + sv.impurities(density=0.05, strength=0.2, length=1.5, seed=3)
    """

    _check_given("impurities: density", density)
    _check_given("impurities: strength", strength)
    _check_given("impurities: length", length, above_zero=True)
    _check_seed("impurities", seed)

    def potential(
        cell: np.ndarray,
        kind: np.ndarray,
        lattice: Lattice,
        *,
        density: Any,
        strength: Any,
        length: Any,
        seed: Any,
    ) -> np.ndarray:
        xi, number = positive("impurities: length", length), integer("impurities: seed", seed)
        share = _share("impurities", density, lattice)
        height = finite("impurities: strength", strength)

        def sources(cells: np.ndarray, sublattice: np.ndarray) -> np.ndarray:
            there = uniform(cells, sublattice, number) < share
            return np.where(there, height * (2 * uniform(cells, sublattice, number, stream=1) - 1), 0.0)

        def kernel(distance: np.ndarray) -> np.ndarray:
            return np.exp(-(np.minimum(distance / xi, _FAR) ** 2) / 2)

        return smoothed(lattice, cell, kind, sources, kernel, _REACH * xi)

    arguments = {"density": density, "strength": strength, "length": length, "seed": seed}
    return onsite(composed(potential, _SITE, **arguments))


def charged_impurities(
    density: float | Parameter,
    distance: float | Parameter,
    screening_length: float | Parameter,
    seed: int | Parameter,
    *,
    permittivity: float = 12.9,
    charge: int = 1,
) -> Terms:
    """Charges in a plane beside the sites, screened: V(r) = −Σ_i q e²/(4πε₀ε s) exp(−s/λ), s² = |r − R_i|² + d².

    The potential energy is that of an electron, so that positive charges (donors) attract.

    Parameters
    ----------
    density
        Charges for each nm².
    distance
        d in nm, of the charges from the sites; they are above (or below) random sites.
    screening_length
        λ in nm.
    seed
        An integer.
    permittivity
        Relative, ε; 12.9 for GaAs.
    charge
        q, in units of e.
    """
    epsilon = positive("charged_impurities: permittivity", permittivity)
    number_of = finite("charged_impurities: charge", charge)
    _check_given("charged_impurities: density", density)
    _check_given("charged_impurities: distance", distance, above_zero=True)
    _check_given("charged_impurities: screening_length", screening_length, above_zero=True)
    _check_seed("charged_impurities", seed)

    def potential(
        cell: np.ndarray,
        kind: np.ndarray,
        lattice: Lattice,
        *,
        density: Any,
        distance: Any,
        screening_length: Any,
        seed: Any,
    ) -> np.ndarray:
        d = positive("charged_impurities: distance", distance)
        decay = positive("charged_impurities: screening_length", screening_length)
        share = _share("charged_impurities", density, lattice)
        number = integer("charged_impurities: seed", seed)

        def sources(cells: np.ndarray, sublattice: np.ndarray) -> np.ndarray:
            return (uniform(cells, sublattice, number) < share).astype(float)

        def kernel(r: np.ndarray) -> np.ndarray:
            s = np.hypot(r, d)
            return -number_of * _COULOMB / epsilon * np.exp(-s / decay) / s

        return smoothed(lattice, cell, kind, sources, kernel, -decay * np.log(_DECAYED))

    arguments = {"density": density, "distance": distance, "screening_length": screening_length, "seed": seed}
    return onsite(composed(potential, _SITE, **arguments))


def disorder_strength(mobility: float, mass: float, a: float) -> float:
    """The width W of uniform on-site disorder on a square lattice that gives a two-dimensional gas its mobility.

    In Born's approximation 1/τ = (2π/ħ) ν W²a²/12 with ν = m/2πħ², the density of states per spin, so that with
    μ = eτ/m, W² = 12 ħ³e/(m²a²μ), whatever the density of electrons.

    Parameters
    ----------
    mobility
        μ in cm²/Vs.
    mass
        Effective mass in electron masses.
    a
        Lattice constant in nm.

    Returns
    -------
    float
        W in eV.

    Notes
    -----
    T. Ando, Phys. Rev. B 44, 8017 (1991), for W from the mean free path.

    Examples
    --------
    GaAs with 10⁶ cm²/Vs on a lattice of 5 nm:

    >>> import sharvin as sv
    >>> round(1e3 * sv.disorder_strength(mobility=1e6, mass=0.067, a=5.0), 3)      # meV
    3.071
    """
    mu = positive("disorder_strength: mobility", mobility, "cm²/Vs") * 1e-4
    scale = 2 * HBAR2_OVER_2M / positive("disorder_strength: mass", mass, "electron masses")  # ħ²/m in eV nm²
    return float(scale / positive("disorder_strength: a", a, "nm") * np.sqrt(12 / (HBAR * mu * 1e18)))


def _one(cells: np.ndarray, sublattice: np.ndarray) -> np.ndarray:
    return np.ones(len(cells))


def _share(what: str, density: Any, lattice: Lattice) -> float:
    """The share of sites that a density of scatterers occupies."""
    if len(lattice.periods):
        raise InputError(
            f"{what}: a wrapped model has no density of scatterers, which would come again in every period; take a "
            "finite width, or add sharvin.disorder, which is then the same along the period"
        )
    volume = float(np.sqrt(np.linalg.det(lattice.vectors @ lattice.vectors.T)))
    found = finite(f"{what}: density", density) * volume / lattice.sublattice_count
    if not 0 <= found <= 1:
        raise InputError(
            f"{what}: density must be between 0 and that of the sites, {lattice.sublattice_count / volume:.3g} per "
            f"nm^{lattice.dimension}, got {density!r}"
        )
    return found


def _check_given(what: str, value: Any, *, above_zero: bool = False) -> None:
    """Refuse what is neither a number, nor a parameter or a function that will give one."""
    if not isinstance(value, Parameter) and not callable(value):
        (positive if above_zero else finite)(what, value)


def _check_seed(what: str, seed: Any) -> None:
    """The same for a seed."""
    if not isinstance(seed, Parameter) and not callable(seed):
        integer(f"{what}: seed", seed)
