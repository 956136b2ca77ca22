"""A dense reference for transmissions by brute force: a hundred digits, and an energy a hair above the real axis.

Everything is computed at E + iη with η = 10⁻²⁰ of the scale, in fixed-point numbers of `BITS` binary places (Python's
integers in object arrays of NumPy). At that precision nothing needs care: surface Green's functions come from plain
decimation, which doubles the length of the lead until absorption has ended it; Green's functions of the region from
Gauss and Jordan; transmissions from Caroli's and from Fisher and Lee's formulas,

    T_αβ = Tr[Γ_α G Γ_β G†],     R_α = N_α + 2 Im Tr[Γ_α G] + Tr[Γ_α G Γ_α G†],

with N_α, the number of open modes, the rank of Γ_α for η → 0. No modes are computed, no momenta, no thresholds, and
nothing has to be decided about what is outgoing. What η takes away is the current that does not come out,
Σ_α T_αβ < N_β: the answer comes with this loss, which tells what is wrong with it.

(M. P. López Sancho et al., J. Phys. F 15, 851 (1985); C. Caroli et al., J. Phys. C 4, 916 (1971);
D. S. Fisher and P. A. Lee, Phys. Rev. B 23, 6851 (1981).)
"""

from dataclasses import dataclass

import numpy as np

#: Binary places. Decimation loses a few at each doubling, of which there are about seventy.
BITS = 320
#: η relative to the largest element of the Hamiltonians and the energy.
ETA = 1e-20
_ENDED = 1e-40  # a hopping across the decimated lead that is smaller than this part of the scale is none
_CLEAR = 1e-17, 1e-3  # parts of Γ below or above are what they seem at one η …
_MODEST = 1e3  # … unless Σ is so much larger than the scale: then a state of the surface is near


@dataclass(frozen=True, eq=False)
class Fixed:
    """A complex matrix of fixed-point numbers, (re + i im) / 2^bits."""

    re: np.ndarray
    im: np.ndarray
    bits: int

    @classmethod
    def of(cls, matrix, bits):
        """A matrix of double-precision numbers, exactly."""
        matrix = np.atleast_2d(np.asarray(matrix, dtype=complex))

        def exact(number):
            numerator, denominator = float(number).as_integer_ratio()
            return (numerator << bits) // denominator

        rows = [[[exact(part) for part in row] for row in half] for half in (matrix.real, matrix.imag)]
        return cls(*(np.array(half, dtype=object).reshape(matrix.shape) for half in rows), bits)

    def __add__(self, other):
        return Fixed(self.re + other.re, self.im + other.im, self.bits)

    def __sub__(self, other):
        return Fixed(self.re - other.re, self.im - other.im, self.bits)

    def __matmul__(self, other):
        both, real, imag = (self.re + self.im) @ (other.re + other.im), self.re @ other.re, self.im @ other.im
        return Fixed((real - imag) >> self.bits, (both - real - imag) >> self.bits, self.bits)

    @property
    def dagger(self):
        """The Hermitian conjugate."""
        return Fixed(self.re.T, -self.im.T, self.bits)

    def part(self, rows, columns):
        """Some rows and columns."""
        return Fixed(self.re[np.ix_(rows, columns)], self.im[np.ix_(rows, columns)], self.bits)

    def double(self):
        """The nearest double-precision numbers, or nearly so."""
        unit = 1 << self.bits
        return np.vectorize(lambda re, im: complex(re / unit, im / unit), otypes=[complex])(self.re, self.im)

    def largest(self):
        """The largest real or imaginary part, as a double-precision number."""
        return max(np.abs(self.re).max(), np.abs(self.im).max()) / (1 << self.bits)

    def inverse(self):
        """The inverse, by Gauss and Jordan with exchange of rows."""
        size, bits = len(self.re), self.bits
        one = Fixed.of(np.eye(size), bits)
        re, im = np.hstack([self.re, one.re]), np.hstack([self.im, one.im])
        for step in range(size):
            column = np.abs(re[step:, step]) + np.abs(im[step:, step])
            pivot = step + int(np.argmax(column))
            re[[step, pivot]], im[[step, pivot]] = re[[pivot, step]], im[[pivot, step]]
            a, b = re[step, step], im[step, step]
            norm = a * a + b * b
            a, b = (a << 2 * bits) // norm, -(b << 2 * bits) // norm
            row = (re[step] * a - im[step] * b) >> bits, (re[step] * b + im[step] * a) >> bits
            left, right = re[:, step].copy(), im[:, step].copy()
            left[step] = right[step] = 0
            both = np.outer(left + right, row[0] + row[1])
            real, imag = np.outer(left, row[0]), np.outer(right, row[1])
            re, im = re - ((real - imag) >> bits), im - ((both - real - imag) >> bits)
            re[step], im[step] = row
        return Fixed(re[:, size:], im[:, size:], bits)


@dataclass(frozen=True, eq=False)
class Answer:
    """What the reference says of a system at one energy.

    Attributes
    ----------
    transmissions
        T[out, in], reflections on the diagonal.
    modes
        Number of open modes of each lead.
    loss
        Largest difference between what enters by a lead and what comes out: the error of everything here.
    """

    transmissions: np.ndarray
    modes: list
    loss: float


def self_energy(h0, v, z, scale):
    """Σ = v g v† on the cell before a lead, v leading outward, with all matrices and z fixed-point."""
    surface = bulk = h0
    alpha, beta = v, v.dagger
    for _ in range(400):
        if max(alpha.largest(), beta.largest()) < _ENDED * scale:
            return v @ (z - surface).inverse() @ v.dagger
        g = (z - bulk).inverse()
        forth, back = alpha @ g, beta @ g
        out = forth @ beta
        surface, bulk = surface + out, bulk + out + back @ alpha
        alpha, beta = forth @ alpha, back @ beta
    raise ArithmeticError("decimation did not end")


def solve(h, leads, energy, *, eta=ETA, bits=BITS):
    """Transmissions between all leads of a system, given as h and a list of (h0, v, orbitals), at a real energy."""
    size = len(h)
    scale = max(
        [abs(energy), np.abs(h).max(), *(np.abs(lead[part]).max() for lead in leads for part in (0, 1))]
    )

    def lead_sigma(h0, v, share):
        z = Fixed.of(energy * np.eye(len(h0)), bits) + Fixed.of(
            1j * share * eta * scale * np.eye(len(h0)), bits
        )
        return self_energy(Fixed.of(h0, bits), Fixed.of(v, bits), z, scale)

    matrix = Fixed.of(energy * np.eye(size), bits) + Fixed.of(1j * eta * scale * np.eye(size), bits)
    matrix = matrix - Fixed.of(h, bits)
    widths, modes, known = [], [], {}
    for h0, v, orbitals in leads:
        h0, v = np.asarray(h0, dtype=complex), np.asarray(v, dtype=complex)
        key = h0.tobytes() + v.tobytes()
        if key not in known:
            sigma = lead_sigma(h0, v, 1.0)
            known[key] = (
                sigma,
                _open_modes(sigma, lambda h0=h0, v=v: lead_sigma(h0, v, 1e-3), scale),
            )
        sigma, count = known[key]
        where = np.ix_(orbitals, orbitals)
        matrix.re[where] -= sigma.re
        matrix.im[where] -= sigma.im
        widths.append(_width(sigma))
        modes.append(count)
    return _answer(matrix.inverse(), widths, modes, [list(orbitals) for *_, orbitals in leads])


def _width(sigma):
    """Γ = i(Σ − Σ†)."""
    change = sigma - sigma.dagger
    return Fixed(-change.im, change.re, sigma.bits)


def _open_modes(sigma, at_smaller_eta, scale):
    """The rank of Γ at η = 0: pivots that do not depend on η. Most tell by their size what they are."""
    pivots = _pivots(_width(sigma)) / scale
    low, high = _CLEAR
    if np.all((pivots < low) | (pivots > high)) and sigma.largest() < _MODEST * scale:
        return int(np.count_nonzero(pivots > high))
    again = _pivots(_width(at_smaller_eta())) / scale
    return int(np.count_nonzero((pivots > low) & (np.abs(again - pivots) < 0.1 * pivots)))


def _pivots(matrix):
    """The pivots of a positive semi-definite matrix by Cholesky's decomposition, the largest first."""
    re, im, bits, found = matrix.re.copy(), matrix.im.copy(), matrix.bits, []
    for _ in range(len(re)):
        place = int(np.argmax(re.diagonal()))
        pivot = re[place, place]
        found.append(max(pivot, 0) / (1 << bits))
        if pivot <= 0:
            continue
        a, b = re[:, place].copy(), im[:, place].copy()
        re = re - (np.outer(a, a) + np.outer(b, b)) // pivot
        im = im - (np.outer(b, a) - np.outer(a, b)) // pivot
    return np.array(found)


def _answer(g, widths, modes, places):
    found = np.zeros((len(widths), len(widths)))
    for a, (width_a, place_a) in enumerate(zip(widths, places, strict=True)):
        for b, (width_b, place_b) in enumerate(zip(widths, places, strict=True)):
            across = g.part(place_a, place_b)
            dressed = width_a @ across
            found[a, b] = _trace(dressed @ width_b @ across.dagger).real
            if a == b:
                found[a, b] += modes[a] + 2 * _trace(dressed).imag
    loss = max(np.abs(found.sum(axis=axis) - modes).max() for axis in (0, 1))
    return Answer(found, modes, float(loss))


def _trace(matrix):
    unit = 1 << matrix.bits
    return complex(np.trace(matrix.re) / unit, np.trace(matrix.im) / unit)
