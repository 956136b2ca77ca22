"""Conductors known in closed form, tabulated, or composed: each gives S(E) itself."""

from .barriers import DeltaBarrier, DoubleBarrier, FreePropagation, RectangularBarrier
from .closed_form import ClosedForm
from .composition import Series, series
from .dephasing_probes import Dephased, dephased
from .fixed_scatterer import FixedScatterer
from .hard_wall import HardWallChannel
from .poschl_teller import PoschlTeller
from .resonant_level import ResonantLevel
from .saddle_point import SaddlePoint
from .steps import PotentialStep, SmoothStep
from .tabulated import Tabulated
from .transmission_function import TransmissionFunction

__all__ = [
    "ClosedForm",
    "DeltaBarrier",
    "Dephased",
    "DoubleBarrier",
    "FixedScatterer",
    "FreePropagation",
    "HardWallChannel",
    "PoschlTeller",
    "PotentialStep",
    "RectangularBarrier",
    "ResonantLevel",
    "SaddlePoint",
    "Series",
    "SmoothStep",
    "Tabulated",
    "TransmissionFunction",
    "dephased",
    "series",
]
