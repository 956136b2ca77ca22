"""The energy pass: all observables of a conductor at one set of parameters share one sampled spectrum.

A spectrum is taken out while it is in use and put back afterwards; who comes meanwhile begins one of their own. It is
kept within a bounded memory, and serves again only for what has the same fingerprint (`scattering.fingerprint`): a
conductor that calls a function of the user's may become another one without a word.
"""

import threading
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from cachetools import LRUCache

from ..options import Options
from ..scattering import fingerprint
from .spectrum import TransmissionSpectrum

_MOST_BYTES = 64_000_000


_kept: LRUCache[Hashable, TransmissionSpectrum] = LRUCache(_MOST_BYTES, getsizeof=lambda kept: kept.nbytes)
_lock = threading.Lock()


@contextmanager
def shared_spectrum(
    conductor: Any, params: Mapping[str, Any], options: Options
) -> Iterator[TransmissionSpectrum]:
    """The spectrum of a conductor at one set of parameters, as far as it was sampled before.

    After an error it is not kept: panels may be missing.
    """
    mark = fingerprint(conductor, **params)
    key = None if mark is None else (mark, options)
    with _lock:
        spectrum = None if key is None else _kept.pop(key, None)
    if spectrum is None:
        spectrum = TransmissionSpectrum(conductor, params, options)
    spectrum.begin(conductor)
    yield spectrum
    spectrum.rest()
    if key is not None and spectrum.nbytes < _MOST_BYTES:
        with _lock:
            _kept[key] = spectrum
