"""Which terminals an observable is about, and in which equilibrium they are."""

from collections.abc import Mapping
from typing import Any

from ..errors import InputError, nearest
from ..reservoirs import Reservoir
from ..schema import lead_named


def lead_pair(conductor: Any, lead_out: str | None, lead_in: str | None) -> tuple[str, str]:
    """(out, in): as named, or from the first lead into the second of two."""
    names = leads_of(conductor)
    if lead_out is None and lead_in is None:
        if not names:
            raise InputError(
                "the conductor has no leads, so nothing goes through it; attach some with .lead(…)"
            )
        if len(names) != 2:
            listed = ", ".join(f'"{name}"' for name in names) or "none"
            raise InputError(
                f"the conductor has {len(names)} lead(s) ({listed}): say from where to where by lead_in= and lead_out="
            )
        return names[1], names[0]
    if lead_out is None or lead_in is None:
        raise InputError("give both lead_out= and lead_in=, or neither")
    return lead_named(conductor, lead_out), lead_named(conductor, lead_in)


def reservoirs_of(conductor: Any, reservoirs: Mapping[str, Reservoir]) -> list[Reservoir]:
    """A reservoir for every lead, in the order of the leads."""
    names = leads_of(conductor)
    if not names:
        raise InputError(
            "the conductor has no leads, so nothing flows; attach leads and give each a reservoir"
        )
    if not isinstance(reservoirs, Mapping):
        raise InputError(f"reservoirs must be a dictionary lead → Reservoir, got {type(reservoirs).__name__}")
    for name, reservoir in reservoirs.items():
        lead_named(conductor, name)
        if not isinstance(reservoir, Reservoir):
            raise InputError(f'lead "{name}": expected a Reservoir, got {reservoir!r}')
    missing = [name for name in names if name not in reservoirs]
    if missing:
        raise InputError(f'no reservoir for lead "{missing[0]}"{nearest(missing[0], reservoirs)}')
    return [reservoirs[name] for name in names]


def leads_of(conductor: Any) -> tuple[str, ...]:
    """Names of the leads of a conductor, or a clear refusal of anything else."""
    if not hasattr(conductor, "leads"):
        raise InputError(
            f"expected a conductor (a closed form such as sharvin.SaddlePoint, or a System with leads), "
            f"got {type(conductor).__name__}"
            + ("; a Model becomes a System by .region(shape).lead(…)" if hasattr(conductor, "region") else "")
        )
    if getattr(conductor, "particle_hole", False):
        raise InputError(
            "the conductor is particle–hole doubled: electrons and holes carry opposite charges, and adding up what is "
            'transmitted would give a wrong current. Use S.transmission("lead:hole", "lead:electron") of '
            "sharvin.scattering_matrix: the conductance of a normal lead is (e²/h) g_s (N − R_ee + R_he)"
        )
    return tuple(conductor.leads)


def check_parameters(conductor: Any, params: Mapping[str, Any], keywords: tuple[str, ...]) -> None:
    """Refuse a parameter that the conductor does not have, naming the nearest of its own and of the keywords."""
    known = getattr(conductor, "parameters", None)
    if known is None:
        return
    for name in params:
        if name not in known:
            raise InputError(f'no parameter "{name}"{nearest(name, [*known, *keywords])}')
