"""Conductors known in closed form, tabulated, or composed: each gives S(E) itself."""

from .barriers import DeltaBarrier, DoubleBarrier, FreePropagation, RectangularBarrier
from .closed_form import ClosedForm
from .composition import Series, series
from .dephasing_probes import Dephased, dephased
from .fixed_scatterer import FixedScatterer
from .hard_wall import HardWallChannel
from .incoherence import IncoherentSeries, incoherent_series
from .poschl_teller import PoschlTeller
from .probe_coupler import ProbeCoupler
from .resonant_level import ResonantLevel
from .saddle_point import SaddlePoint
from .steps import PotentialStep, SmoothStep
from .tabulated import Tabulated
from .transmission_function import TransmissionFunction
from .transmission_matrix import TransmissionMatrix

__all__ = [
    "ClosedForm",
    "DeltaBarrier",
    "Dephased",
    "DoubleBarrier",
    "FixedScatterer",
    "FreePropagation",
    "HardWallChannel",
    "IncoherentSeries",
    "PoschlTeller",
    "PotentialStep",
    "ProbeCoupler",
    "RectangularBarrier",
    "ResonantLevel",
    "SaddlePoint",
    "Series",
    "SmoothStep",
    "Tabulated",
    "TransmissionFunction",
    "TransmissionMatrix",
    "dephased",
    "incoherent_series",
    "series",
]
