"""Drawing. Only this package imports matplotlib, and nothing imports it before something is drawn."""

from .systems import plot_system

__all__ = ["plot_system"]
