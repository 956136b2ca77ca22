"""What conductors one after another have in common, coherent or not: leads that are left, shared parameters."""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from ..errors import InputError, nearest
from ..scattering import Conductor, fingerprint, thresholds, window_of
from .joint import Medium, medium_of, same_medium


class Joined(ABC):
    """Conductors one after another; abstract. Each is joined to what stands before it, lead to lead."""

    #: What made it, as error messages call it.
    maker: ClassVar[str]
    #: Parameters of the joints themselves.
    own_parameters: ClassVar[tuple[str, ...]] = ()
    #: The lead of what stands before and the lead of the next that meet.
    joint: tuple[str, str]

    @property
    @abstractmethod
    def parts(self) -> tuple[Conductor, ...]:
        """The conductors, in their order."""

    @property
    def leads(self) -> tuple[str, ...]:
        """The leads of the first, then those of the next, without those at a joint."""
        return tuple(name for name, _ in self._chain()[0])

    @property
    def spin_degeneracy(self) -> int:
        """g_s of all parts."""
        return self.parts[0].spin_degeneracy

    @property
    def parameters(self) -> tuple[str, ...]:
        """The joints' own, and what any part takes, as far as the parts name it."""
        names = [name for part in self.parts for name in _parameters(part) or ()]
        return tuple(dict.fromkeys([*self.own_parameters, *names]))

    @property
    def particle_hole(self) -> bool:
        """Whether a part is particle–hole doubled: charge observables refuse it then."""
        return any(getattr(part, "particle_hole", False) for part in self.parts)

    def medium(self, lead: str, params: Mapping[str, Any]) -> Medium | None:
        """What lies far out in a lead, for these parameters, if the part with that lead tells."""
        owner = dict(self._chain()[0])[lead]
        return medium_of(self.parts[owner], lead, self.shares(params)[owner])

    def shares(self, params: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
        """The parameters that each part takes; an error for one that nobody does."""
        shares: tuple[dict[str, Any], ...] = tuple({} for _ in self.parts)
        for name, value in params.items():
            taken = name in self.own_parameters
            for part, share in zip(self.parts, shares, strict=True):
                known = _parameters(part)
                if known is None or name in known:
                    share[name], taken = value, True
            if not taken:
                kind = self.maker.replace("_", " ")
                raise InputError(
                    f'no part of the {kind} has a parameter "{name}"{nearest(name, self.parameters)}'
                )
        return shares

    def check(self) -> None:
        """Refuse parts that cannot be joined: no conductors, unlike spins, leads that miss or stand twice."""
        _check_pair(self.maker, self.joint)
        for part in self.parts:
            if not isinstance(part, Conductor):
                raise InputError(f"{self.maker}: expected a conductor, got {type(part).__name__}")
        same_spin(self.maker, [part.spin_degeneracy for part in self.parts])
        self._chain()

    def check_media(self, shares: Sequence[Mapping[str, Any]]) -> None:
        """Refuse a joint of unlike media, where both sides tell theirs."""
        for here, before in enumerate(self._chain()[1], 1):
            parts, theirs = (self.parts[before], self.parts[here]), (shares[before], shares[here])
            same_medium(parts, self.joint, theirs, maker=self.maker)

    def _chain(self) -> tuple[list[tuple[str, int]], list[int]]:
        """The leads that are left, each with the number of its part, and what part each next one is joined to."""
        leads: list[tuple[str, int]] = [(name, 0) for name in self.parts[0].leads]
        joined_to: list[int] = []
        for here, part in enumerate(self.parts[1:], 1):
            owner = dict(leads)
            before = self.parts[0] if here == 1 else self
            _check_lead(self.maker, before, self.joint[0], tuple(owner))
            _check_lead(self.maker, part, self.joint[1], part.leads)
            joined_to.append(owner.pop(self.joint[0]))
            new = [(name, here) for name in part.leads if name != self.joint[1]]
            twice = set(owner) & {name for name, _ in new}
            if twice:
                raise InputError(
                    f'{self.maker}: both conductors have a lead "{min(twice)}" that is not at the joint; give it '
                    f"another name in one of them, or join there (joint={self.joint!r} now)"
                )
            leads = [*owner.items(), *new]
        return leads, joined_to


@fingerprint.register(Joined)
def _fingerprint(conductor: Joined, **params: Any) -> Hashable | None:
    """Those of the parts, and the joints' own parameters."""
    pairs = zip(conductor.parts, conductor.shares(params), strict=True)
    parts = tuple(fingerprint(part, **share) for part, share in pairs)
    own = tuple(params.get(name, getattr(conductor, name)) for name in conductor.own_parameters)
    kind = getattr(conductor, "between", "")
    return None if None in parts else (type(conductor), parts, conductor.joint, own, kind)


def thresholds_of_parts(
    conductor: Joined, window: tuple[float, float], params: Mapping[str, Any]
) -> np.ndarray:
    """The thresholds of all parts, sorted, each once."""
    window = window_of(window)
    pairs = zip(conductor.parts, conductor.shares(params), strict=True)
    return np.unique(np.concatenate([thresholds(part, window, **share) for part, share in pairs]))


def same_spin(maker: str, found: Sequence[int]) -> None:
    """Refuse parts of unlike spin degeneracies."""
    unlike = [other for other in found if other != found[0]]
    if unlike:
        raise InputError(
            f"{maker}: the spin degeneracies differ ({found[0]} and {unlike[0]}); make spin explicit in both "
            "conductors, or in neither, or set spin_degeneracy"
        )


def _parameters(part: Any) -> tuple[str, ...] | None:
    """The names of a conductor's parameters, or None if it does not tell (then it takes, or refuses, all)."""
    if isinstance(part, Joined):
        found = [_parameters(inner) for inner in part.parts]
        told = [name for names in found if names is not None for name in names]
        return None if None in found else tuple(dict.fromkeys([*part.own_parameters, *told]))
    names = getattr(part, "parameters", None)
    return None if names is None or callable(names) else tuple(names)


def _check_pair(maker: str, pair: Any) -> None:
    if not (isinstance(pair, tuple) and len(pair) == 2 and all(isinstance(lead, str) for lead in pair)):
        raise InputError(
            f"{maker}: joint must be two names of leads, (of the left conductor, of the right one), "
            f'such as ("right", "left"); got {pair!r}'
        )


def _check_lead(maker: str, owner: Any, lead: str, leads: Sequence[str]) -> None:
    if lead not in leads:
        raise InputError(
            f'{maker}: {type(owner).__name__} has no lead "{lead}" to join{nearest(lead, leads)}'
        )
