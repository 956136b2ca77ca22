"""Charge and heat between two leads while all others float: the 2 × 2 matrix that is left of all Onsager matrices.

With x = (E − μ)/k_BT and K_n = ∫ M xⁿ (−∂f/∂E) dE, the flows out of the reservoirs are, in units of g_s/h,

    i_α = Σ_β [K₀ δμ_β + K₁ k_B δT_β],    j_α/k_BT = Σ_β [K₁ δμ_β + K₂ k_B δT_β].

Leads that draw neither charge nor heat are eliminated; what is left between two is (a₁₁ a₁₂; a₂₁ a₂₂).
"""

from dataclasses import dataclass

import numpy as np

from .floating import connected_with


@dataclass(frozen=True, eq=False)
class Estimate:
    """A value and its error, arrays of one shape; arithmetic carries errors on to first order. NaN where 0/0."""

    value: np.ndarray
    error: np.ndarray

    def __add__(self, other: "Estimate") -> "Estimate":
        return Estimate(self.value + other.value, self.error + other.error)

    def __sub__(self, other: "Estimate") -> "Estimate":
        return Estimate(self.value - other.value, self.error + other.error)

    def __mul__(self, other: "Estimate") -> "Estimate":
        error = np.abs(self.value) * other.error + np.abs(other.value) * self.error
        return Estimate(self.value * other.value, error)

    def __truediv__(self, other: "Estimate") -> "Estimate":
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            ratio = self.value / other.value
            return Estimate(ratio, (self.error + np.abs(ratio) * other.error) / np.abs(other.value))

    def times(self, factor: np.ndarray | float) -> "Estimate":
        """Multiplied by what is known exactly."""
        return Estimate(factor * self.value, np.abs(factor) * self.error)


@dataclass(frozen=True, eq=False)
class PairResponse:
    """(a₁₁ a₁₂; a₂₁ a₂₂) of the module, dimensionless."""

    a11: Estimate
    a12: Estimate
    a21: Estimate
    a22: Estimate

    @property
    def open_circuit(self) -> Estimate:
        """a₂₂ − a₁₂ a₂₁/a₁₁: heat per temperature where no charge flows."""
        return self.a22 - self.a12 * self.a21 / self.a11

    @property
    def figure_of_merit(self) -> Estimate:
        """a₁₂ a₂₁/(a₁₁ a₂₂ − a₁₂ a₂₁); a₁₂² with time reversal."""
        return self.a12 * self.a12 / (self.a11 * self.a22 - self.a12 * self.a21)


def between_two(moments: np.ndarray, errors: np.ndarray, out: int, source: int) -> PairResponse:
    """The response at lead `source` with lead `out` at rest and all others floating.

    `moments` and `errors` are K₀, K₁, K₂, (…, 3, leads, leads).
    """
    leads = moments.shape[-1]
    active = connected_with(moments[..., 0, :, :], errors[..., 0, :, :], out)
    others = [lead for lead in range(leads) if lead not in (out, source)]
    kept = [source, *others]
    matrix, doubt = _in_both(moments, kept), _in_both(errors, kept)
    floats = np.repeat(active[..., others], 2, axis=-1)
    inner = np.where(
        floats[..., :, None] & floats[..., None, :], matrix[..., 2:, 2:], np.eye(2 * len(others))
    )
    first, second = np.eye(2), np.eye(2)
    from_source = np.where(floats[..., :, None], matrix[..., 2:, :2], 0.0)
    to_source = np.where(floats[..., None, :], matrix[..., :2, 2:], 0.0)
    inverse = np.linalg.inv(inner)
    shape = (*moments.shape[:-3], 2, 2)
    left = np.concatenate([np.broadcast_to(first, shape), -to_source @ inverse], axis=-1)
    right = np.concatenate([np.broadcast_to(second, shape), -inverse @ from_source], axis=-2)
    value = matrix[..., :2, :2] - to_source @ inverse @ from_source
    error = np.abs(left) @ doubt @ np.abs(right)
    value = np.where(active[..., source, None, None], value, 0.0)
    parts = [Estimate(value[..., k, m], error[..., k, m]) for k in range(2) for m in range(2)]
    return PairResponse(*parts)


def between_all(moments: np.ndarray, errors: np.ndarray) -> PairResponse:
    """The response of every pair, (…, lead_out, lead_in); NaN for a lead with itself."""
    leads = moments.shape[-1]
    values, doubts = np.full((2, 4, *moments.shape[:-3], leads, leads), np.nan)
    for out, source in np.ndindex(leads, leads):
        if out == source:
            continue
        found = between_two(moments, errors, out, source)
        for n, part in enumerate((found.a11, found.a12, found.a21, found.a22)):
            values[n, ..., out, source], doubts[n, ..., out, source] = part.value, part.error
    return PairResponse(*(Estimate(value, doubt) for value, doubt in zip(values, doubts, strict=True)))


def _in_both(moments: np.ndarray, leads: list[int]) -> np.ndarray:
    """The matrix over (lead, charge or heat) whose block of two leads is (K₀ K₁; K₁ K₂)."""
    some = moments[..., np.array(leads)[:, None], leads]
    blocks = np.stack([some[..., :2, :, :], some[..., 1:, :, :]], axis=-4)  # (…, k, l, α, β)
    moved = np.moveaxis(blocks, (-4, -3, -2, -1), (-3, -1, -4, -2))  # (…, α, k, β, l)
    return moved.reshape(*moments.shape[:-3], 2 * len(leads), 2 * len(leads))
