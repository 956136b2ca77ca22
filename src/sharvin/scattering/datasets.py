"""The fields of a scattering matrix as a Dataset, and back, equal to the last bit."""

import json
from typing import Any

import numpy as np
import xarray as xr

from .certificate import Certificate
from .modes import LeadModes

_UNITS = {"momentum": "rad", "velocity": "eV/rad"}


def written(
    energy: np.ndarray,
    leads: tuple[LeadModes, ...],
    matrix: np.ndarray,
    open_modes: np.ndarray,
    spin_degeneracy: int,
    certificate: Certificate,
) -> xr.Dataset:
    """The Dataset; complex numbers have a trailing dim ``part`` = re, im."""
    front = ("energy",) if energy.ndim else ()
    labels = [f"{lead.name}:{label}" for lead in leads for label in lead.labels]
    parts = np.stack([np.real(matrix), np.imag(matrix)], axis=-1)
    data: dict[str, Any] = {
        "S": ((*front, "mode_out", "mode_in", "part"), parts, {"units": "1"}),
        "open_modes": ((*front, "mode_out"), open_modes.astype(np.int8), {"units": "1"}),
    }
    for name, units in _UNITS.items():
        columns = [getattr(lead, name) for lead in leads]
        if all(column is not None for column in columns):
            values = np.concatenate(columns, axis=-1).reshape(open_modes.shape)
            data[name] = ((*front, "mode_out"), values, {"units": units})
    for name, value in certificate.figures.items():
        per_energy = np.shape(value) == energy.shape and energy.ndim == 1
        data[f"certificate_{name}"] = (front if per_energy else (), np.asarray(value, dtype=float))
    coords = {
        "energy": (front, energy, {"units": "eV"}),
        "mode_out": np.array(labels, dtype=str if labels else "<U1"),
        "mode_in": np.array(labels, dtype=str if labels else "<U1"),
        "part": ["re", "im"],
    }
    attrs = {
        "leads": json.dumps({lead.name: lead.labels for lead in leads}),
        "blocks": json.dumps({lead.name: lead.blocks for lead in leads}),
        "spin_degeneracy": spin_degeneracy,
        "route": certificate.route,
        "backend": certificate.backend,
        "bounds": json.dumps(dict(certificate.bounds)),
        "notes": json.dumps(certificate.notes, ensure_ascii=False),
        "index_order": "(out, in)",
    }
    return xr.Dataset(data, coords=coords, attrs=attrs)


def read(dataset: xr.Dataset) -> dict[str, Any]:
    """The fields, by name, of the scattering matrix that was `written`."""
    parts = dataset["S"].values
    matrix = np.empty(parts.shape[:-1], dtype=complex)
    matrix.real, matrix.imag = parts[..., 0], parts[..., 1]
    blocks = json.loads(dataset.attrs.get("blocks", "{}"))
    leads, begin = [], 0
    for name, labels in json.loads(dataset.attrs["leads"]).items():
        mine = slice(begin, begin + len(labels))
        known = {kind: dataset[kind].values[..., mine] for kind in _UNITS if kind in dataset}
        leads.append(LeadModes(name, tuple(labels), **known, blocks=tuple(blocks.get(name, ()))))
        begin = mine.stop
    figures = {
        str(name).removeprefix("certificate_"): array.values
        for name, array in dataset.items()
        if str(name).startswith("certificate_")
    }
    return {
        "energy": dataset["energy"].values,
        "leads": tuple(leads),
        "matrix": matrix,
        "open_modes": dataset["open_modes"].values != 0,
        "spin_degeneracy": int(dataset.attrs["spin_degeneracy"]),
        "certificate": Certificate(
            dataset.attrs["route"],
            dataset.attrs["backend"],
            figures,
            json.loads(dataset.attrs["bounds"]),
            tuple(json.loads(dataset.attrs["notes"])),
        ),
    }
