"""Files that describe a study: their schema, their arithmetic, their errors, and carrying them out."""

from .load import ConfigError, load, parse
from .run import Unfinished, run_study
from .schema import Study

__all__ = ["ConfigError", "Study", "Unfinished", "load", "parse", "run_study"]
