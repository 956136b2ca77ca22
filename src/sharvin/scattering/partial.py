"""A part of a scattering matrix, whose sums are completed by unitarity where that determines them.

Rows and columns of T_αβ add up to the numbers of open modes, Σ_α T_αβ = N_β and Σ_β T_αβ = N_α. With one lead r left
out of the outgoing ones and one lead c of the incoming ones that gives every sum:

    T_rβ = N_β − Σ_{α≠r} T_αβ,    T_αc = N_α − Σ_{β≠c} T_αβ,    T_rc = N_c − Σ_{α≠r} N_α + Σ_{α≠r,β≠c} T_αβ.

With two left out on a side the sums of those are not determined, and asking for one is an error.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import InputError, nearest
from ..reals import shown


@dataclass(frozen=True, eq=False)
class PartialScatteringMatrix:
    """Amplitudes between some of the leads; made by `ScatteringMatrix.part`.

    Attributes
    ----------
    energy
        eV; shape () or (energies,).
    lead_names
        Of all leads, also those left out.
    leads_out, leads_in
        Of the leads whose rows and columns are there.
    mode_counts
        Open modes of every lead, (…, leads).
    amplitudes
        (out, in) → complex amplitudes (…, modes out, modes in).
    conserves_flux
        Whether unitarity may complete sums: not where the conductor absorbs.
    """

    energy: np.ndarray
    lead_names: tuple[str, ...]
    leads_out: tuple[str, ...]
    leads_in: tuple[str, ...]
    mode_counts: np.ndarray
    amplitudes: dict[tuple[str, str], np.ndarray]
    conserves_flux: bool

    def transmission(self, lead_out: str, lead_in: str) -> Any:
        """Tr t†t from `lead_in` into `lead_out`, computed or completed by unitarity: a float, or (energies,).

        Raises
        ------
        InputError
            For an unknown lead, or a sum that the amplitudes there are do not determine.
        """
        for name in (lead_out, lead_in):
            if name not in self.lead_names:
                raise InputError(f'no lead "{name}"{nearest(name, self.lead_names)}')
        value = self._known(lead_out, lead_in)
        return float(value) if self.energy.ndim == 0 else value

    def _known(self, out: str, into: str) -> np.ndarray:
        has_out, has_in = out in self.leads_out, into in self.leads_in
        if has_out and has_in:
            return (np.abs(self.amplitudes[out, into]) ** 2).sum(axis=(-2, -1))
        left_out = len(self.lead_names) - len(self.leads_out)
        left_in = len(self.lead_names) - len(self.leads_in)
        if not self.conserves_flux or (not has_out and left_out > 1) or (not has_in and left_in > 1):
            reason = "the conductor absorbs" if not self.conserves_flux else "more than one lead was left out"
            raise InputError(
                f"the transmission from {into} into {out} was not computed, and unitarity does not tell it, for "
                f"{reason}; keep more leads"
            )
        if has_in:
            return self._count(into) - self._sum(self.leads_out, (into,))
        if has_out:
            return self._count(out) - self._sum((out,), self.leads_in)
        others = sum((self._count(name) for name in self.leads_out), np.zeros(self.energy.shape))
        return self._count(into) - others + self._sum(self.leads_out, self.leads_in)

    def _count(self, lead: str) -> np.ndarray:
        return self.mode_counts[..., self.lead_names.index(lead)]

    def _sum(self, out: tuple[str, ...], into: tuple[str, ...]) -> np.ndarray:
        """The sum of the transmissions that were computed."""
        pairs = [self._known(one, other) for one in out for other in into]
        return sum(pairs, np.zeros(self.energy.shape))


def chosen(what: str, given: Any, names: tuple[str, ...]) -> tuple[str, ...]:
    """The leads that were asked for, in the order of the conductor: one name, several, or all for None."""
    if given is None:
        return names
    if not isinstance(given, (str, tuple, list)):
        raise InputError(f"{what} must be the name of a lead, or several in a list, got {shown(given)}")
    wanted = [given] if isinstance(given, str) else list(given)
    for name in wanted:
        if name not in names:
            raise InputError(f'{what}: no lead "{name}"{nearest(str(name), names)}')
    return tuple(name for name in names if name in wanted)
