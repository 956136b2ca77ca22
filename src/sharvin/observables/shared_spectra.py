"""The energy pass: all observables of a conductor at one set of parameters share one sampled spectrum.

A spectrum is taken out while it is in use and put back afterwards; who comes meanwhile begins one of their own. It
belongs to the conductor object, is kept within a bounded memory, and before it serves again it is tried against the
conductor (`TransmissionSpectrum.cover`).
"""

import threading
import weakref
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from cachetools import LRUCache

from ..options import Options
from .spectrum import TransmissionSpectrum

_MOST_BYTES = 64_000_000


@dataclass(frozen=True, eq=False)
class _Kept:
    """A spectrum and whose it is: the number of an object that is no more may be given to another."""

    owner: weakref.ref[Any]
    spectrum: TransmissionSpectrum


_kept: LRUCache[Hashable, _Kept] = LRUCache(_MOST_BYTES, getsizeof=lambda kept: kept.spectrum.nbytes)
_lock = threading.Lock()


@contextmanager
def shared_spectrum(
    conductor: Any, params: Mapping[str, Any], options: Options
) -> Iterator[TransmissionSpectrum]:
    """The spectrum of a conductor at one set of parameters, as far as it was sampled before.

    After an error it is not kept: panels may be missing.
    """
    key = _key(conductor, params, options)
    with _lock:
        kept = None if key is None else _kept.pop(key, None)
    if kept is not None and kept.owner() is conductor:
        spectrum = kept.spectrum
    else:
        spectrum = TransmissionSpectrum(conductor, params, options)
    spectrum.begin()
    yield spectrum
    if key is not None and spectrum.nbytes < _MOST_BYTES:
        with _lock:
            _kept[key] = _Kept(weakref.ref(conductor), spectrum)


def _key(conductor: Any, params: Mapping[str, Any], options: Options) -> Hashable | None:
    """What tells spectra apart, or None where that cannot be told."""
    try:
        weakref.ref(conductor)
        key = (
            id(conductor),
            tuple(sorted((name, type(value), value) for name, value in params.items())),
            options,
        )
        hash(key)
    except TypeError:
        return None
    return key
