"""An independent, dense reference for transmissions between leads.

Nothing here is shared with the package: self-energies come from decimation at a few complex energies, extrapolated to
the real axis (or from eigenvectors of the transfer problem, which check the former); Green's functions from the inverse
of a dense matrix; transmissions from Caroli's and Fisher and Lee's formulas,

    T_αβ = Tr[Γ_α G Γ_β G†],     R_α = ‖1 − i Γ_α^½ G Γ_α^½‖² − (m − N).

(M. P. López Sancho et al., J. Phys. F 15, 851 (1985); C. Caroli et al., J. Phys. C 4, 916 (1971);
D. S. Fisher and P. A. Lee, Phys. Rev. B 23, 6851 (1981).)
"""

from math import comb

import numpy as np
from scipy.linalg import eig

# η in units of the lead's scale, and the number of its multiples. The extrapolation misses by (points)! (η/d)^points,
# with d the distance from the next threshold; its weights magnify rounding by 2^points / η.
_ETA, _POINTS = 1e-3, 10


def surface_green_function(h0, v, z):
    """Green's function of the first cell of a lead at a complex energy z, by decimation; v leads outward."""
    size = len(h0)
    identity = np.eye(size)
    surface = bulk = np.asarray(h0, dtype=complex)
    alpha, beta = np.asarray(v, dtype=complex), np.asarray(v, dtype=complex).conj().T
    for _ in range(200):
        g = np.linalg.inv(z * identity - bulk)
        forth, back = alpha @ g @ beta, beta @ g @ alpha
        surface, bulk = surface + forth, bulk + forth + back
        alpha, beta = alpha @ g @ alpha, beta @ g @ beta
        if max(np.abs(alpha).max(), np.abs(beta).max()) < 1e-18:
            return np.linalg.inv(z * identity - surface)
    raise ArithmeticError("decimation did not end")


def decimated_surface(h0, v, energy):
    """The retarded surface Green's function at a real energy: at E + iη, E + 2iη, …, extrapolated to E.

    Newton's steps on Dyson's equation g = (E − h0 − v g v†)⁻¹ take off what the extrapolation left.
    """
    eta = _ETA * max(np.abs(h0).max(), np.abs(v).max())
    g = sum(
        (-1) ** (n - 1) * comb(_POINTS, n) * surface_green_function(h0, v, energy + 1j * n * eta)
        for n in range(1, _POINTS + 1)
    )
    size = len(h0)
    vh = np.conj(v).T
    for _ in range(8):
        improved = np.linalg.inv(energy * np.eye(size) - h0 - v @ g @ vh)
        change = np.eye(size**2) - np.kron(improved @ v, (vh @ improved).T)
        g = g + np.linalg.solve(change, (improved - g).ravel()).reshape(size, size)
    return g


def eigenvector_self_energy(h0, v, energy):
    """Σ on the cell before the lead from the eigenvectors of the transfer problem; v of full rank."""
    size = len(h0)
    v = np.asarray(v, dtype=complex)
    zero, one = np.zeros((size, size)), np.eye(size)
    a = np.block([[zero, one], [-v.conj().T, energy * one - h0]])
    b = np.block([[one, zero], [zero, v]])
    factors, vectors = eig(a, b)
    outgoing = []
    for factor, vector in zip(factors, vectors.T, strict=True):
        wave = vector[:size]
        velocity = -2 * np.imag(factor * wave.conj() @ v @ wave)
        if abs(factor) < 1 - 1e-8 or (abs(factor) < 1 + 1e-8 and velocity > 0):
            outgoing.append((factor, wave))
    waves = np.array([wave for _, wave in outgoing]).T
    forward = waves * np.array([factor for factor, _ in outgoing]) @ np.linalg.inv(waves)
    return v @ forward


def open_modes(h0, v, energy, points=4001):
    """Number of open modes outward: rising crossings of E by sorted bands over the zone."""
    momenta = np.linspace(-np.pi, np.pi, points)
    phases = np.exp(1j * momenta)[:, None, None]
    hops = phases * v
    bands = np.linalg.eigvalsh(h0 + hops + np.conj(np.swapaxes(hops, 1, 2)))
    return int(np.count_nonzero((bands[:-1] < energy) & (bands[1:] >= energy)))


def band_extrema_distance(h0, v, energies, points=721):
    """Distance of energies from the nearest turning point of a sampled band."""
    momenta = np.linspace(-np.pi, np.pi, points)
    hops = np.exp(1j * momenta)[:, None, None] * v
    bands = np.linalg.eigvalsh(h0 + hops + np.conj(np.swapaxes(hops, 1, 2)))
    before, after = np.roll(bands[:-1], 1, axis=0), np.roll(bands[:-1], -1, axis=0)
    turning = bands[:-1][(bands[:-1] - before) * (after - bands[:-1]) <= 0]
    return np.abs(np.asarray(energies)[:, None] - turning).min(axis=1)


def transmissions(h, leads, energy):
    """T[out, in] between all leads, reflections on the diagonal.

    `leads` is a list of ``(h0, v, orbitals)``, ``(h0, v, orbitals, coupling)`` or ``(gamma, orbitals)``.
    """
    h = np.asarray(h, dtype=complex)
    size = len(h)
    sigma, widths = np.zeros_like(h), []
    for lead in leads:
        own = np.zeros_like(h)
        orbitals = np.asarray(lead[-1] if len(lead) == 2 else lead[2])
        if len(lead) == 2:
            block = -0.5j * np.asarray(lead[0])
        else:
            coupling = np.asarray(lead[3] if len(lead) == 4 else lead[1])
            block = coupling @ decimated_surface(lead[0], lead[1], energy) @ coupling.conj().T
        own[np.ix_(orbitals, orbitals)] = block
        sigma += own
        widths.append(1j * (own - own.conj().T))
    g = np.linalg.inv(energy * np.eye(size) - h - sigma)
    result = np.zeros((len(leads), len(leads)))
    for out, gamma_out in enumerate(widths):
        for source, gamma_in in enumerate(widths):
            if out != source:
                result[out, source] = np.trace(gamma_out @ g @ gamma_in @ g.conj().T).real
        values, vectors = np.linalg.eigh(gamma_out)
        kept = values > 1e-9 * max(np.abs(own).max() for own in (gamma_out, sigma))
        root = vectors[:, kept] * np.sqrt(values[kept])
        reflected = np.eye(kept.sum()) - 1j * root.conj().T @ g @ root
        result[out, out] = (np.abs(reflected) ** 2).sum()
    return result


def system_transmissions(system, energy, **params):
    """The same for a system of the package, by its matrices."""
    leads = []
    for name in system.leads:
        cell = system.lead_cell(name, **params)
        leads.append((cell.h0, cell.orbitals) if cell.v is None else (cell.h0, cell.v, cell.orbitals))
    return transmissions(system.hamiltonian(**params).toarray(), leads, energy)
