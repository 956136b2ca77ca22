"""Sweeps: many points of one question."""

from .spin import spin_split_conductance

__all__ = ["spin_split_conductance"]
