"""Write the HTML reference, from the docstrings of the package, to docs/_build.

The first page is the public interface; behind it stand the pages of the packages and modules. Warnings are errors,
so that a name of the interface that leads nowhere stops the build.
"""

import pkgutil
import warnings
from pathlib import Path

import pdoc

import sharvin

TARGET = Path(__file__).parent / "_build"


def main() -> None:
    """Resolve the lazy names of the top level, add the modules that it does not list, and render all of it."""
    warnings.simplefilter("error")
    for name in sharvin.__all__:
        getattr(sharvin, name)
    rows = [
        module.name for module in pkgutil.iter_modules(sharvin.__path__) if not module.name.startswith("_")
    ]
    sharvin.__all__ = list(dict.fromkeys([*sharvin.__all__, *rows]))
    pdoc.render.configure(docformat="numpy", footer_text=f"Sharvin {sharvin.__version__}", show_source=True)
    pdoc.pdoc("sharvin", output_directory=TARGET)
    print(f"Reference written to {TARGET / 'index.html'}")


if __name__ == "__main__":
    main()
