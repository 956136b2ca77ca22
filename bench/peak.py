"""How near the sparse factorization comes to the dense peak of the machine.

The work: PARDISO's factorization of E − H of a disordered square lattice without a field (real, symmetric), which
leaves the Schur complement on the two edges with leads. Its time is that of the numeric phase alone, again and again
on one analysis, as in a sweep: neither the analysis nor the handing over of values and of the complement is in it.

The operations: as PARDISO counts them (a multiplication and an addition are two), less the k³/3 of the k rows that
are kept, which it counts and does not do. It counts the diagonal blocks of its panels in full: for a dense matrix of
3000 rows that is 4 % more than n³/3.

The peak: the fastest of several products of two large real matrices by NumPy's BLAS, on one thread and on all.
"""

import argparse
import time
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from hamiltonian import SEED, SQUARE_ENERGY, energies
from harness import Sizes
from sharvin_workloads import square, square_disorder
from threadpoolctl import threadpool_limits

from sharvin.linalg.pardiso import _FACTOR, Pardiso
from sharvin.solvers.layout import layout_of

SIDE, PRODUCT, REPEATS = 1000, 4000, 3
_OPERATIONS = 18  # iparm, counted from zero: −1 asks the analysis for millions of operations


@dataclass(frozen=True)
class Peak:
    """Operations of a factorization in Gflop, its median time, processors it kept busy, and rates in Gflop/s."""

    side: int
    operations: float
    seconds: float
    busy: float
    one_thread: float
    all_threads: float

    @property
    def rate(self) -> float:
        """Gflop/s of the factorization."""
        return self.operations / self.seconds

    def __str__(self) -> str:
        return (
            f"Factorization alone, {self.side}×{self.side}, real, B = 0: {self.operations:.4g} Gflop in "
            f"{1e3 * self.seconds:.4g} ms, {self.rate:.3g} Gflop/s, {self.busy:.2g} processors busy.\n"
            f"dgemm: {self.one_thread:.3g} Gflop/s on one thread, {self.all_threads:.3g} on all.\n"
            f"Share of the peak: {self.rate / self.one_thread:.0%} of one thread, "
            f"{self.rate / self.all_threads:.0%} of all."
        )

    def as_json(self) -> dict[str, Any]:
        """For the record."""
        return {**asdict(self), "rate": self.rate}


class CountedPardiso(Pardiso):
    """PARDISO with its operations counted and its numeric phases timed."""

    def analyse(self, *arguments: Any, **options: Any) -> None:
        """As ever, and ask for the count."""
        super().analyse(*arguments, **options)
        self._solver.set_iparm(_OPERATIONS, -1)
        self.times: list[tuple[float, float]] = []  # on the clock, and of the processors

    def _run(self, phase: int, *buffers: np.ndarray) -> None:
        before = time.perf_counter(), time.process_time()
        super()._run(phase, *buffers)
        after = time.perf_counter(), time.process_time()
        if phase == _FACTOR:
            self.times.append((after[0] - before[0], after[1] - before[1]))

    @property
    def operations(self) -> float:
        """Of one factorization, in Gflop; the analysis comes with the first one."""
        return 1e-3 * self._solver.get_iparm_value(_OPERATIONS) - 1e-9 * len(self._kept) ** 3 / 3


def factorized(side: int, repeats: int = REPEATS) -> CountedPardiso:
    """Factorizations at several energies, after one to warm up."""
    system = square(Sizes(side, side, 1, 1), square_disorder)
    layout = layout_of(system, {"seed": SEED})
    values = system.hamiltonian(seed=SEED).data
    solver = CountedPardiso()
    solver.analyse(layout.pattern, dtype=float, schur=layout.interface)
    for energy in energies(SQUARE_ENERGY, repeats + 1, 0):
        shifted = -values
        shifted[layout.pattern.diagonal] += energy
        solver.factor(shifted)
    del solver.times[0]
    return solver


def product_rate(size: int, threads: int | None, repeats: int = REPEATS) -> float:
    """Gflop/s of the fastest product of two square matrices, on that many threads, or on all."""
    left, right = np.random.default_rng(SEED).standard_normal((2, size, size))
    out, best = np.empty((size, size)), np.inf
    with threadpool_limits(threads, user_api="blas"):
        for _ in range(repeats + 1):
            start = time.perf_counter()
            np.matmul(left, right, out=out)
            best = min(best, time.perf_counter() - start)
    return 2e-9 * size**3 / best


def measured(side: int = SIDE, product: int = PRODUCT) -> Peak:
    """Factorization and peak, one after the other on the same machine."""
    solver = factorized(side)
    seconds, worked = np.median(solver.times, axis=0).tolist()
    rates = [product_rate(product, threads) for threads in (1, None)]
    return Peak(side, solver.operations, seconds, worked / seconds, *rates)


def main() -> None:
    """Print the operations, the time, and the shares."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", type=int, default=SIDE, help="sites along an edge of the square")
    parser.add_argument("--product", type=int, default=PRODUCT, help="rows of the dense matrices")
    arguments = parser.parse_args()
    print(measured(arguments.side, arguments.product))


if __name__ == "__main__":
    main()
