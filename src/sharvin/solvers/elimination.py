"""A = E − H with the interior eliminated, and what waves of unit current say of it.

    C = A_bb − A_br A_rr⁻¹ A_rb        on the interface orbitals b; r are the others.

A wave p on the interface has the extension z = (p, −A_rr⁻¹A_rb p), and Az = (Cp, 0). What C is off by, δC, and what A
is rounded by, δA, change S by

    δS = iψ̃†δCψ,       δS = iψ̃†δAψ,

ψ being the scattering states of unit current and ψ̃ those of the reversed motion, which have the same |ψ|² all modes
together where flux is conserved. So random mixtures p of scattering states, a unit variance in each mode, tell about
how large the error of S is; that a few of them miss one state altogether is improbable, and they change with the
energy:

- ``elimination_error``: |p†δCp|. It is large next to a pole of C, where E is a level of the region cut off from its
  interface, and S has none.
- ``condition``: ε|A| (Σ|ψ|⁴)^½, the sum of the changes by δA, which has a sign of its own at every orbital. It is large
  on a narrow resonance.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from ..linalg import Factorization

#: Largest |p†δCp|, and the numbers of waves by which C is corrected, one after the other, where it is larger.
ELIMINATION_BOUND, CORRECTIONS = 5e-9, (4, 8)
#: Largest change of S by rounding of E − H: beyond the first a refined solution is preferred, beyond the second S is
#: refused. They are far apart because few waves tell it, and one may miss a resonance by chance.
CONDITION_GOAL, CONDITION_BOUND = 1e-11, 1e-9
#: Least part of the largest correction that is made.
_CLEAR = 1e-3


@dataclass(frozen=True, eq=False)
class Trial:
    """Waves in the region, (orbitals, columns), what A makes of them, and the figures of the module."""

    wave: np.ndarray
    image: np.ndarray
    error: float
    storage: float


@dataclass(frozen=True, eq=False)
class Elimination:
    """A, its interface b and its interior r, and the factors of A_rr, which C was computed with."""

    a: sparse.csr_array
    interface: np.ndarray
    inner: np.ndarray
    factorization: Factorization
    hermitian: bool

    def tried(self, c: np.ndarray, p: np.ndarray) -> Trial:
        """Waves p on the interface, (n, columns), their extension, and what they say of C, all columns together."""
        if np.iscomplexobj(p) and np.isrealobj(self.a.data):
            p = np.concatenate([np.real(p), np.imag(p)], axis=1)
        with np.errstate(all="ignore"):  # a useless factorization shows in the error
            kind = np.result_type(self.a.data, p, *(() if self.hermitian else (complex,)))
            wave = np.zeros((self.a.shape[0], p.shape[1]), dtype=kind)
            wave[self.interface] = p
            if len(self.inner) and p.size:
                wave[self.inner] = self.factorization.extended(p, lambda: (self.a @ wave)[self.inner])
            image = self.a @ wave
            own = image[self.interface] - c @ p
            if self.hermitian:
                # p†Cp − z†Az is the error to the first order of what is left inside, (Az)_r.
                missed = np.sum(wave[self.inner].conj() * image[self.inner], axis=0)
                missed = missed + np.sum(p.conj() * own, axis=0)
            else:
                missed = np.sum(np.abs(p * self._missed(image, own)), axis=0)
            error = float(np.abs(missed).sum())
        return Trial(wave, image, error, storage(wave))

    def corrected(self, c: np.ndarray, p: np.ndarray, pieces: list[np.ndarray]) -> np.ndarray:
        """C corrected where random waves p on the interface, (n, columns), find it wrong.

        Elimination without exchange of rows is exact for a matrix a little off. As a few small pivots are to blame, the
        error has a low rank, and with D = δC P it is D(P†D)⁻¹D† (Nyström's approximation), in each connected piece of
        the region by itself. What is small in P†D is left out: there D has little but the other errors.
        """
        with np.errstate(all="ignore"):
            image = self.tried(c, p).image
            d = self._missed(image, image[self.interface] - c @ p)
            if not np.isfinite(d).all():
                return c
            better = c.copy()
            for piece in pieces:
                own = d[piece]
                overlap = p[piece].conj().T @ own
                values, vectors = np.linalg.eigh((overlap + overlap.conj().T) / 2)
                clear = np.abs(values) > _CLEAR * np.abs(values).max()
                part = own @ vectors[:, clear]
                better[np.ix_(piece, piece)] += part / values[clear] @ part.conj().T
        return better

    def _missed(self, image: np.ndarray, own: np.ndarray) -> np.ndarray:
        """δC p = (Az)_b − A_br A_rr⁻¹(Az)_r − Cp."""
        if not len(self.inner):
            return own
        inside: Any = np.zeros_like(image)
        inside[self.inner] = self.factorization.solve(image[self.inner])
        return own - (self.a @ inside)[self.interface]


def storage(wave: np.ndarray) -> float:
    """(Σ|ψ|⁴)^½ of waves (orbitals, columns), all columns together."""
    return float(np.linalg.norm(np.sum(np.abs(wave) ** 2, axis=1)))
