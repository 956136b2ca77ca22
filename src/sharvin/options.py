"""Every numerical choice, in one frozen object."""

import dataclasses
import json
import math
import os
from dataclasses import dataclass

from .errors import InputError, nearest

SOLVERS = ("auto", "pardiso", "mumps", "superlu", "dense")
#: Name of the environment variable that decides where `solver` is "auto".
SOLVER_VARIABLE = "SHARVIN_SOLVER"


@dataclass(frozen=True)
class Options:
    """Numerical choices of a computation; physics never depends on them beyond the stated tolerances.

    Parameters
    ----------
    rtol
        Relative tolerance of each value of an energy integral (for values below 1e-10 of the largest that shares the
        pass, relative to 1e-10 of that). T(E) is sampled: a dip or peak that is narrower than the distance of the
        samples, stands apart from every threshold and leaves no tail between them above the rounding of S, can be
        missed.
    window
        Half width of the energy window around each μ, in units of k_BT. The part of −∂f/∂E outside is 2e^(−window):
        40 leaves 1e-17. Where that might exceed `rtol` of a small value, the window is widened, up to three times;
        a bound on what is left outside stands in the error.
    max_subdivisions
        Most subdivisions of the energy window before an integral is declared not converged.
    break_at_thresholds
        Whether energy integrals break at the thresholds of the conductor, where T(E) may jump or bend. Without, such
        places are found by halving; that is cheaper for a contact between wide leads, whose many subbands open
        without a trace in T(E).
    solver
        Back end of the linear algebra: "pardiso", "mumps" (the extra "mumps"), "superlu" (runs anywhere), "dense"
        (LAPACK, for small systems), or "auto": PARDISO where its wheel is installed, else MUMPS if that is, else
        SuperLU (for very small systems LAPACK instead of these two). The environment variable SHARVIN_SOLVER, set to
        one of the names, replaces "auto" wherever it stands; a solver named here stays.
    threads
        Energies of a lattice system solved at the same time; 0, the default, is one for each processor.
    unitarity_bound
        Largest |S†S − 1| that a scattering matrix may have.
    residual_bound
        Largest relative residual of the linear problem behind a scattering matrix.

    Raises
    ------
    InputError
        For a value out of range.

    Examples
    --------
    >>> import sharvin as sv
    >>> sv.Options(rtol=1e-6).window
    40.0
    """

    rtol: float = 1e-10
    window: float = 40.0
    max_subdivisions: int = 5000
    break_at_thresholds: bool = True
    solver: str = "auto"
    threads: int = 0
    unitarity_bound: float = 1e-8
    residual_bound: float = 1e-8

    def __post_init__(self) -> None:
        for name in ("rtol", "window", "max_subdivisions", "threads", "unitarity_bound", "residual_bound"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
                raise InputError(f"options: {name} must be a finite number, got {value!r}")
            if not value > 0 and name != "threads":
                raise InputError(f"options: {name} must be positive, got {value!r}")
        if self.threads < 0 or self.threads != int(self.threads):
            raise InputError(
                f"options: threads must be a whole number, 0 for one per processor, got {self.threads!r}"
            )
        if self.max_subdivisions != int(self.max_subdivisions):
            raise InputError(
                f"options: max_subdivisions must be a whole number, got {self.max_subdivisions!r}"
            )
        if not isinstance(self.break_at_thresholds, bool):
            raise InputError(
                f"options: break_at_thresholds must be True or False, got {self.break_at_thresholds!r}"
            )
        if self.window < 5:
            raise InputError(
                f"options: window is in units of k_BT and must be at least 5, got {self.window!r}; "
                "40 (the default) reaches double precision"
            )
        if self.solver not in SOLVERS:
            raise InputError(f'options: no solver "{self.solver}"{nearest(self.solver, SOLVERS)}')

    def to_json(self) -> str:
        """The choices as a JSON string, as it stands in the attrs of every result."""
        return json.dumps(dataclasses.asdict(self))


def forced_solver() -> str | None:
    """The back end that the environment variable SHARVIN_SOLVER names, or None."""
    value = os.environ.get(SOLVER_VARIABLE, "").strip()
    if value and value not in SOLVERS:
        raise InputError(f'{SOLVER_VARIABLE}: no solver "{value}"{nearest(value, SOLVERS)}')
    return value if value not in ("", "auto") else None


def options_of(options: Options | None) -> Options:
    """The given choices, or the defaults; anything that is not `Options` is refused."""
    if options is None:
        return Options()
    if not isinstance(options, Options):
        raise InputError(f"options must be sharvin.Options(…), got {options!r}")
    return options
