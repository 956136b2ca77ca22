"""Write the HTML reference, from the docstrings of the package, to docs/_build.

The first page is the public interface; behind it stands a page for every module. Warnings are errors, so that
a name of the interface that leads nowhere stops the build.
"""

import warnings
from pathlib import Path

import pdoc

import sharvin

TARGET = Path(__file__).parent / "_build"


def main() -> None:
    """Resolve the lazy names of the top level, then render every public module."""
    warnings.simplefilter("error")
    for name in sharvin.__all__:
        getattr(sharvin, name)
    pdoc.render.configure(docformat="numpy", footer_text=f"Sharvin {sharvin.__version__}", show_source=True)
    pdoc.pdoc("sharvin", r"!sharvin\.(.*\.)?_", output_directory=TARGET)
    print(f"Reference written to {TARGET / 'index.html'}")


if __name__ == "__main__":
    main()
