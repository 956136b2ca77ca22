"""A probe at a wire of one channel."""

from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from ..reals import shown
from .closed_form import Amplitudes, ClosedForm
from .validation import degeneracy, number


@dataclass(frozen=True)
class ProbeCoupler(ClosedForm):
    """Büttiker's coupler of a probe to a wire of one channel: with probability ε an electron goes into the probe.

    Between [left, right, a, b], where a and b are two channels of the probe,

        S = [[0, √(1−ε), √ε, 0], [√(1−ε), 0, 0, √ε], [√ε, 0, 0, −√(1−ε)], [0, √ε, −√(1−ε), 0]].

    Right-movers go into a and left-movers into b; what the probe sends into a goes to the left, into b to the right. A
    reservoir at the probe that draws no current is a voltmeter that disturbs, or a place where phases are lost: it
    absorbs from both sides and emits equally to both.

    With ``separate=True`` the two channels are leads of their own, ``{probe}_right`` (takes right-movers, sends to the
    right) and ``{probe}_left``, so that what each sends leaves in the direction in which it came. With reservoirs that
    float one by one, the phase is lost and the direction kept. S is that above with its columns a and b exchanged;
    it is no longer symmetric, as if a wire with a direction led to each.

    Parameters
    ----------
    coupling
        ε, from 0 (no probe) to 1 (everything goes into it).
    probe
        Name of the probe's lead.
    separate
        Whether right- and left-movers have leads of their own.
    spin_degeneracy
        g_s, contained in SI results only.

    Raises
    ------
    InputError
        For a coupling outside [0, 1], or a name that is no word, holds ":", or is that of another lead.

    Notes
    -----
    M. Büttiker, Phys. Rev. B 33, 3020 (1986); M. J. M. de Jong and C. W. J. Beenakker, Physica A 230, 219 (1996), for
    separate channels.

    Examples
    --------
    A floating probe lowers G from g_s e²/h to (1 − ε/2) g_s e²/h: what it takes, ε, it sends back half the way.

    >>> import sharvin as sv
    >>> T = sv.scattering_matrix(sv.ProbeCoupler(coupling=0.2), energy=0.0).transmission_matrix().values
    >>> round(float(T[1, 0] + T[1, 2] * T[2, 0] / (T[0, 2] + T[1, 2])), 12)
    0.9
    """

    coupling: float
    probe: str = "probe"
    separate: bool = False

    def __post_init__(self) -> None:
        degeneracy(self)
        number(self, "coupling", "1", minimum=0.0)
        if self.coupling > 1:
            raise InputError(f"ProbeCoupler: coupling must be at most 1, got {self.coupling!r}")
        if not isinstance(self.separate, (bool, np.bool_)):
            raise InputError(f"ProbeCoupler: separate must be True or False, got {shown(self.separate)}")
        if not isinstance(self.probe, str) or not self.probe or ":" in self.probe:
            raise InputError(f'ProbeCoupler: probe must be a word without ":", got {shown(self.probe)}')
        if self.probe in ("left", "right"):
            raise InputError(
                f'ProbeCoupler: "{self.probe}" is a lead of the wire; give the probe another name'
            )

    @property
    def leads(self) -> tuple[str, ...]:
        """("left", "right", probe), or with two leads of the probe, that of right-movers first."""
        if self.separate:
            return ("left", "right", f"{self.probe}_right", f"{self.probe}_left")
        return ("left", "right", self.probe)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The coupling and the spin degeneracy."""
        return ("coupling", "spin_degeneracy")

    def amplitudes(self, energy: np.ndarray) -> Amplitudes:
        """The one S at every energy; the probe's modes are labelled "0" and "1", or "0" in each of its leads."""
        into, past = np.sqrt(self.coupling), np.sqrt(1 - self.coupling)
        S = np.array(
            [
                [0, past, into, 0],
                [past, 0, 0, into],
                [into, 0, 0, -past],
                [0, into, -past, 0],
            ],
            dtype=complex,
        )
        if self.separate:
            S = S[:, [0, 1, 3, 2]]
        labels = (("0",), ("0",), ("0",), ("0",)) if self.separate else (("0",), ("0",), ("0", "1"))
        shape = (energy.size, 4, 4)
        return Amplitudes(np.broadcast_to(S, shape).copy(), np.ones(shape[:2], dtype=bool), labels)

    def levels(self, low: float, high: float) -> np.ndarray:
        """None."""
        return np.empty(0)
