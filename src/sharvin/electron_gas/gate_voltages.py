"""From gate voltages to energies."""

from typing import Any

from numpy.typing import ArrayLike

from .quantities import plain, read


def lever_arm(bias: ArrayLike, gate_voltage: ArrayLike) -> Any:
    """α = ΔE/ΔV_g = eV/ΔV_g, from the bias V at which lines of two neighbouring steps cross.

    In a grey-scale plot of dG/dV_g over gate and bias voltage, each subband edge opens into two lines, where it meets
    the one or the other electrochemical potential; between them stand half plateaus. The lines of two edges cross
    where eV is the distance ΔE of the edges. At zero bias the two edges are ΔV_g apart.

    Parameters
    ----------
    bias
        V in V, at the crossing.
    gate_voltage
        ΔV_g in V, between the two steps at zero bias.

    Returns
    -------
    float or numpy.ndarray
        In eV/V, with the signs given.

    Raises
    ------
    InputError
        For voltages of zero.

    Notes
    -----
    N. K. Patel et al., Phys. Rev. B 44, 13549 (1991); L. I. Glazman and A. V. Khaetskii, Europhys. Lett. 9, 263 (1989).

    Examples
    --------
    Subbands 3 meV apart, 50 mV of gate voltage from step to step:

    >>> import sharvin as sv
    >>> sv.electron_gas.lever_arm(bias=3e-3, gate_voltage=0.05)
    0.06
    """
    V, gate = read("lever_arm", bias=bias, gate_voltage=gate_voltage)
    return plain(V / gate)


def gate_voltage_to_energy(gate_voltage: ArrayLike, lever_arm: ArrayLike) -> Any:
    """ΔE = α ΔV_g: how far the Fermi energy moves from the levels, as long as α is constant.

    Parameters
    ----------
    gate_voltage
        ΔV_g in V.
    lever_arm
        α in eV/V; see `lever_arm`.

    Returns
    -------
    float or numpy.ndarray
        In eV.

    Raises
    ------
    InputError
        For what is no number, or a lever arm of zero.

    Notes
    -----
    N. K. Patel et al., Phys. Rev. B 44, 13549 (1991).

    Examples
    --------
    >>> import sharvin as sv
    >>> round(sv.electron_gas.gate_voltage_to_energy(0.1, lever_arm=0.06), 6)
    0.006
    """
    gate, alpha = read("gate_voltage_to_energy", any_gate_voltage=gate_voltage, lever_arm=lever_arm)
    return plain(gate * alpha)
