import sys

import pytest

from sharvin.errors import InputError, MissingExtra
from sharvin.linalg import available_back_ends, back_end, choice


@pytest.fixture(autouse=True)
def no_variable(monkeypatch):
    monkeypatch.delenv("SHARVIN_SOLVER", raising=False)


@pytest.fixture
def only(monkeypatch):
    """Pretend that of the back ends with a package of their own only some are installed."""

    def pretend(*names):
        monkeypatch.setattr(choice, "_installed", lambda name: name in (*names, "superlu", "dense"))

    return pretend


def test_the_fastest_installed_is_the_default():
    assert back_end().name == available_back_ends()[0]
    assert {"superlu", "dense"} <= set(available_back_ends())


@pytest.mark.parametrize("name", available_back_ends())
def test_what_is_asked_for_by_name_says_so(name):
    factorization = back_end(name)
    assert factorization.name == name
    assert factorization.reason.endswith(": asked for by name")


@pytest.mark.parametrize(
    ("installed", "size", "name", "reason"),
    [
        (("pardiso", "mumps"), None, "pardiso", "PARDISO: its wheel is installed"),
        (("pardiso",), 10, "pardiso", "PARDISO: its wheel is installed"),
        (("mumps",), 1000, "mumps", "MUMPS: PARDISO is not installed"),
        (("mumps",), 99, "dense", "dense: 99 orbitals, below 100"),
        (("mumps",), 100, "mumps", "MUMPS: PARDISO is not installed"),
        ((), None, "superlu", "SuperLU: PARDISO is not installed"),
        ((), 199, "dense", "dense: 199 orbitals, below 200"),
        ((), 200, "superlu", "SuperLU: PARDISO is not installed"),
    ],
)
def test_auto_chooses_by_what_is_installed_and_by_size(only, installed, size, name, reason):
    only(*installed)
    assert choice.choose("auto", size) == (name, reason)


def test_the_environment_forces_auto_and_nothing_else(monkeypatch):
    monkeypatch.setenv("SHARVIN_SOLVER", "dense")
    assert back_end().name == "dense"
    assert back_end(size=10**6).reason == "dense: forced by SHARVIN_SOLVER"
    assert back_end("superlu").name == "superlu"


def test_forcing_what_is_not_installed_says_how_to_install_it(monkeypatch):
    monkeypatch.setenv("SHARVIN_SOLVER", "mumps")
    monkeypatch.setitem(sys.modules, "mumps", None)
    with pytest.raises(MissingExtra, match=r"sharvin\[mumps\]"):
        back_end()


def test_a_wrong_variable_names_the_nearest(monkeypatch):
    monkeypatch.setenv("SHARVIN_SOLVER", "pardisso")
    with pytest.raises(InputError, match='SHARVIN_SOLVER: no solver "pardisso"; did you mean "pardiso"'):
        back_end()
    assert back_end("superlu").name == "superlu"


def test_an_unknown_name_names_the_nearest():
    with pytest.raises(InputError, match='no solver "mumbs"; did you mean "mumps"'):
        back_end("mumbs")


@pytest.mark.parametrize(("name", "module"), [("pardiso", "pymklpardiso"), ("mumps", "mumps")])
def test_what_is_not_installed_says_how_to_install_it(monkeypatch, name, module):
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delitem(sys.modules, "pymklpardiso._mkl_pardiso", raising=False)
    with pytest.raises(MissingExtra, match=rf'needs the package .*pip install "sharvin\[{name}\]"'):
        back_end(name)
