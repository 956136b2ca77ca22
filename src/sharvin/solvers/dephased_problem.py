"""A system with dephasing probes at one set of parameters, at any energies: transmissions, and probes' occupations.

Of a small system G = (E − H − Σ + iη)⁻¹ is at hand as a whole, of a large one by layers. What vouches for the outcome:
the equations that G solves for the waves that come in, and go out; the flux into each probe, which is known twice over
(`probe_network`); what the occupations miss of their equation; and that all that enters by the leads leaves by them.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from ..errors import NotCertified
from ..linalg import in_threads, one_dense_thread
from ..model.dephased_system import DephasedSystem
from ..options import Options
from ..scattering import transmissions
from .dense_green import DenseGreen
from .interface import Interface
from .layered_green import LayeredGreen
from .layout import layout_of
from .probe_network import ProbeNetwork
from .problem import certified_ports
from .secular import SecularMatrix, largest
from .site_layers import SiteGraph, layer_work

#: Orbitals up to which the whole G is at hand, if its work is not so many times that of one product by layers.
_DENSE, _TIMES = 1500, 600.0
#: Memory for the blocks of all energies that are solved at a time, and real numbers of each squared size of a layer.
_BYTES, _NUMBERS = 4e9, 14
_REMEDY = "Move the energy by a part in 10⁹, put probes on more sites, or loosen the bound in Options"


@dataclass(frozen=True, eq=False)
class DephasedPoint:
    """What is known at one energy.

    Attributes
    ----------
    transmission
        (leads, leads), out and in.
    occupation
        The share of each lead in the occupation of each probe, (sites with a probe, leads); NaN where the rate is zero,
        or no open lead reaches the site.
    figures
        Name → value, of what vouches for them.
    products
        How many products T_PP x that took; none where T_PP was at hand.
    """

    transmission: np.ndarray
    occupation: np.ndarray
    figures: Mapping[str, float]
    products: int = 0

    @property
    def error(self) -> float:
        """The largest relative amount by which what comes out by the leads differs from what went in."""
        return self.figures.get("conservation_error", 0.0)


class DephasedProblem:
    """A system with probes at one set of parameters."""

    def __init__(self, dephased: DephasedSystem, params: Mapping[str, Any], options: Options) -> None:
        self._bound, self._own = dephased.split(params)
        system = dephased.system
        layout = layout_of(system, self._own)
        self._dephased, self._layout, self._options = dephased, layout, options
        self._h = system.hamiltonian(**self._own)
        self._periods = np.array([system.lead_cell(name, **self._own).period for name in system.leads])
        touched = [layout.interface[places] for places in layout.places]
        self._graph = SiteGraph.of(self._h, dephased.site_of_orbital, touched)

    @property
    def interface_size(self) -> int:
        """Number of orbitals that leads touch."""
        return len(self._layout.interface)

    def at(self, energies: np.ndarray, *, dense: bool | None = None) -> list[DephasedPoint]:
        """All that is known at several energies, by the whole G (`dense`), by layers, or by the cheaper of the two."""
        names, leads = self._dephased.leads, self._layout.leads
        ports = [certified_ports(name, lead, energies) for name, lead in zip(names, leads, strict=True)]
        sides = Interface.of(ports, self._layout.places, len(self._layout.interface))

        def one(row: int) -> DephasedPoint:
            return self._point(float(energies[row]), sides, row, dense)

        return in_threads(one, range(len(energies)), self._threads)

    @cached_property
    def _threads(self) -> int:
        """How many energies at a time: as many as their blocks leave memory for."""
        every = np.ones(len(self._dephased.leads), dtype=bool)
        size = sum(_NUMBERS * float(len(layer)) ** 2 for layer in self._graph.layers(every))
        asked = self._options.threads or os.cpu_count() or 1
        return int(max(1, min(asked, _BYTES // (8 * size))))

    def _point(self, energy: float, sides: Interface, row: int, dense: bool | None) -> DephasedPoint:
        """What is known at one energy, on all sites that have a probe."""
        leads = np.array([port.open_modes[row].any() for port in sides.ports])
        occupation = np.full((len(self._dephased.sites), len(leads)), np.nan)
        if not leads.any():
            return DephasedPoint(np.zeros((len(leads),) * 2), occupation, {})
        rates = self._dephased.rates(self._bound, self._slope(sides, row))
        probed = np.flatnonzero((rates > 0) & self._graph.reached(leads)[self._dephased.sites])
        if not len(probed):
            found = transmissions(
                self._dephased.system, np.array([energy]), options=self._options, **self._own
            )
            figures = {"conservation_error": float(found.unitarity_error[0])}
            return DephasedPoint(found.values[0], occupation, figures)
        eta = np.zeros(len(self._graph.pieces))
        eta[self._dephased.sites[probed]] = rates[probed]
        solved = self._certified(energy, eta, sides, row, dense)
        occupation[probed] = solved.occupation
        return replace(solved, occupation=occupation)

    def _slope(self, sides: Interface, row: int) -> float:
        """ħ times the mean velocity of the open modes of all leads, in eV nm, where it is asked for."""
        if not self._dephased.needs_velocity:
            return np.nan
        slopes = [
            port.velocity[row][port.open_modes[row]] * period
            for port, period in zip(sides.ports, self._periods, strict=True)
        ]
        return float(np.concatenate(slopes).mean())

    def _certified(
        self, energy: float, eta: np.ndarray, sides: Interface, row: int, dense: bool | None
    ) -> DephasedPoint:
        """By the cheaper way, and of a small system, where that one cannot be vouched for, by the other."""
        layers = self._graph.layers(np.array([port.open_modes[row].any() for port in sides.ports]))
        size = sum(len(layer) for layer in layers)
        whole = size <= _DENSE and float(size) ** 3 <= _TIMES * layer_work(layers)
        ways = [whole, not whole][: 2 if size <= _DENSE else 1] if dense is None else [dense]
        missed = ""
        for way in ways:
            try:
                with one_dense_thread():  # blocks are small
                    solved = self._solved(energy, eta, sides, row, layers, dense=way)
            except np.linalg.LinAlgError:
                missed = "G is singular"
                continue
            missed = self._broken(solved.figures)
            if not missed:
                return solved
        raise NotCertified(
            f"with_dephasing: transmissions at E = {energy:.12g} eV are not certified: {missed}. {_REMEDY}"
        )

    def _solved(
        self,
        energy: float,
        eta: np.ndarray,
        sides: Interface,
        row: int,
        layers: list[np.ndarray],
        *,
        dense: bool,
    ) -> DephasedPoint:
        """The network of probes at one energy, and what the leads see of it; occupations of the sites with η > 0."""
        sigma, width, partner = sides.at(row)
        numbers = np.repeat(np.arange(len(sides.ports)), [len(port.labels) for port in sides.ports])
        lead = (numbers[sides.open_modes[row]] == np.arange(len(sides.ports))[:, None]).astype(float)
        matrix = self._matrix(energy, eta, sigma)
        green = DenseGreen(matrix, np.sort(np.concatenate(layers))) if dense else LayeredGreen(matrix, layers)
        waves = np.zeros((matrix.shape[0], width.shape[1]), dtype=complex)
        waves[self._layout.interface] = width
        into, out = green.solve(waves), green.solve_adjoint(waves)
        network = ProbeNetwork.of(green, self._emission(eta), into, out, lead)
        occupation, products = network.occupations()
        matrix_s = 1j * width.conj().T @ into[self._layout.interface] @ partner - partner
        coherent = lead @ np.abs(matrix_s) ** 2 @ lead.T
        transmission = coherent + network.to_leads @ occupation
        figures = {
            "residual": max(
                _residual(matrix, into, waves), _residual(sparse.csr_array(matrix.conj().T), out, waves)
            ),
            **network.figures(occupation),
            "conservation_error": _not_conserved(transmission, lead.sum(axis=1)),
        }
        return DephasedPoint(transmission, occupation, figures, products)

    def _matrix(self, energy: float, eta: np.ndarray, sigma: np.ndarray) -> sparse.csr_array:
        """E − H − Σ + iη."""
        pattern = self._layout.pattern
        h = self._h.data.astype(complex)
        h[pattern.diagonal] -= 1j * eta[self._graph.site]
        return SecularMatrix(pattern, h, hermitian=False).opened(energy, self._layout.interface, sigma)

    def _emission(self, eta: np.ndarray) -> sparse.csr_array:
        """Γ = 2η of each probe on the orbitals of its site, (probes, orbitals)."""
        site = self._graph.site
        probe = np.cumsum(eta > 0) - 1
        orbitals = np.flatnonzero(eta[site] > 0)
        shape = int((eta > 0).sum()), len(site)
        return sparse.csr_array((2 * eta[site[orbitals]], (probe[site[orbitals]], orbitals)), shape=shape)

    def _broken(self, figures: Mapping[str, float]) -> str:
        """The first figure that breaks its bound, in words; nothing if none does."""
        bounds = {"conservation_error": self._options.unitarity_bound}
        for name, value in figures.items():
            bound = bounds.get(name, self._options.residual_bound)
            if not value <= bound:
                return f"{name} = {value:.1e} (bound {bound:.1e})"
        return ""


def _residual(matrix: sparse.csr_array, found: np.ndarray, source: np.ndarray) -> float:
    """max|A x − b|, relative to what it is the difference of."""
    missed = largest(matrix @ found - source)
    return missed / (largest(matrix.data) * largest(found) + largest(source) + 1e-300)


def _not_conserved(transmission: np.ndarray, modes: np.ndarray) -> float:
    """By how much Σ_α T_αβ and Σ_β T_αβ differ from the number of modes, relative to it."""
    missed = np.maximum(np.abs(transmission.sum(axis=0) - modes), np.abs(transmission.sum(axis=1) - modes))
    return float((missed / np.maximum(modes, 1.0)).max())
