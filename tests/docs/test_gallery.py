"""Every script of the gallery computes, keeps its own checks, and draws."""

import importlib.util
import re
from pathlib import Path

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import pytest

GALLERY = Path(__file__).resolve().parents[2] / "examples" / "gallery"
NAMES = sorted(path.stem for path in GALLERY.glob("[a-z]*.py"))


def loaded(name):
    """The module of a script."""
    spec = importlib.util.spec_from_file_location(f"gallery_{name}", GALLERY / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_readme_names_every_script():
    text = (GALLERY / "README.md").read_text(encoding="utf-8")
    assert sorted(set(re.findall(r"\]\((\w+)\.py\)", text))) == NAMES
    assert len(NAMES) == 10


@pytest.mark.parametrize("name", NAMES)
def test_a_script(name, tmp_path):
    script = loaded(name)
    result = script.compute()
    script.check(result)
    try:
        with plt.rc_context(loaded("_run").STYLE):
            figure = script.draw(result)
            figure.savefig(tmp_path / "picture.png")
        data = [axes for axes in figure.axes if axes.get_title(loc="left")]
        assert data
        for axes in data:
            assert axes.has_data()
            labelled = axes.get_xlabel() or axes.get_shared_x_axes().get_siblings(axes)[1:]
            assert labelled, "an axis without a label"
        assert any(re.search(r"\(.+\)", axes.get_xlabel() + axes.get_ylabel()) for axes in data)      # units
    finally:
        plt.close("all")
