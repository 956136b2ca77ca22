"""Linear algebra of large matrices behind one contract; see `sharvin.linalg.factorization`."""

from .choice import available_back_ends, back_end, choose
from .dense import Dense
from .factorization import Factorization, Pattern, others
from .mumps import Mumps
from .pardiso import Pardiso
from .superlu import SuperLU
from .threads import in_threads, one_dense_thread

__all__ = [
    "Dense",
    "Factorization",
    "Mumps",
    "Pardiso",
    "Pattern",
    "SuperLU",
    "available_back_ends",
    "back_end",
    "choose",
    "in_threads",
    "one_dense_thread",
    "others",
]
