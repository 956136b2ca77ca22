"""Files that describe a study: their schema, their arithmetic, their errors."""

from .load import ConfigError, load, parse
from .schema import Study

__all__ = ["ConfigError", "Study", "load", "parse"]
