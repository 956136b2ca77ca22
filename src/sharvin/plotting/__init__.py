"""Drawing. Only this package imports matplotlib, and nothing imports it before something is drawn."""

from .geometry_errors import plot_geometry_error
from .models import plot_model
from .systems import plot_system

__all__ = ["plot_geometry_error", "plot_model", "plot_system"]
