"""Reading a file: a valid study, or one line for each thing that is wrong with it."""

import tomllib
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from ..errors import InputError, nearest
from .schema import Study


class ConfigError(InputError):
    """A file that cannot be used; `lines` holds one line for each reason."""

    def __init__(self, path: Path, lines: list[str]) -> None:
        self.lines = [f"{path.name}: {line}" for line in lines]
        super().__init__("\n".join(self.lines))


def load(path: str | Path) -> Study:
    """The study in a TOML file.

    Raises
    ------
    ConfigError
        If there is no such file, it is not TOML, or a key or a value is not allowed.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        folder = path.parent if path.parent.is_dir() else Path()
        raise ConfigError(path, [f"no such file{_nearest_file(path, folder)}"]) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text in UTF-8"
        raise ConfigError(path, [f"cannot be read: {reason}"]) from None
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(path, [f"not TOML: {str(error) or 'nested too deep'}"]) from None
    return parse(data, path)


def parse(data: dict[str, Any], path: str | Path = "study") -> Study:
    """The study in a dictionary, as read from TOML; `path` names it in errors.

    >>> parse({"gas": {"density": 1e15, "depht": 90}})
    Traceback (most recent call last):
    sharvin.config.load.ConfigError: study: gas.depth: missing; distance of the gas from the surface, in nm...
    """
    try:
        return Study.model_validate(data)
    except ValidationError as error:
        problems = error.errors()
        places = [problem["loc"] for problem in problems]
        first_causes = [
            problem
            for problem in problems
            if not any(place[: len(problem["loc"])] == problem["loc"] != place for place in places)
        ]
        raise ConfigError(Path(path), [_line(problem) for problem in first_causes]) from None


def _nearest_file(path: Path, folder: Path) -> str:
    names = [file.name for file in folder.glob("*.toml")]
    return nearest(path.name, names) if names else ""


def _line(problem: Any) -> str:
    """One line: key path, what is allowed, what came or the nearest valid name."""
    location, kind = problem["loc"], problem["type"]
    key = _key(location)
    owner, field = _find(location)
    if kind == "extra_forbidden":
        keys = list(owner.model_fields) if owner else []
        return f"{key}: unknown key{_close(str(location[-1]), keys)} (allowed: {', '.join(keys)})"
    if kind == "missing":
        return f"{key}: missing; {field.description if field else ''}"
    if kind == "value_error":
        message = str(problem["ctx"]["error"])
        return f"{key}: {_brief(message)}" if key else message
    allowed = f"; {field.description}" if field is not None and field.description else ""
    if kind == "literal_error":
        options = [str(option) for option in get_args(field.annotation)] if field else []
        listed = ", ".join(f'"{option}"' for option in options)
        return f'{key}: must be one of {listed}, got "{problem["input"]}"{_close(str(problem["input"]), options)}'
    return f"{key}: {_bounds(problem)}, got {_brief(repr(problem['input']))}{allowed}"


def _close(name: str, known: list[str]) -> str:
    """The hint of `nearest`, if a name is near."""
    hint = nearest(name, known)
    return hint if "did you mean" in hint else ""


def _brief(text: str) -> str:
    """One line of bounded length."""
    text = " ".join(text.split())
    return text if len(text) <= 160 else text[:157] + "..."


def _bounds(problem: Any) -> str:
    """What pydantic says is allowed, in the words of this package."""
    context = problem.get("ctx", {})
    words = {
        "greater_than": "must be greater than {gt:g}",
        "greater_than_equal": "must be at least {ge:g}",
        "less_than_equal": "must be at most {le:g}",
        "too_short": "must have at least {min_length} entries",
        "too_long": "must have at most {max_length} entries",
        "int_from_float": "must be a whole number",
        "int_type": "must be a whole number",
        "string_type": "must be text",
        "model_type": "must be a table",
        "tuple_type": "must be an array",
    }
    if problem["type"] in words:
        return words[problem["type"]].format(**context)
    return problem["msg"][0].lower() + problem["msg"][1:]


def _key(location: tuple[Any, ...]) -> str:
    """gate, 0, x → gate[0].x"""
    key = ""
    for part in location:
        key += f"[{part}]" if isinstance(part, int) else f".{part}"
    return key.removeprefix(".")


def _find(location: tuple[Any, ...]) -> tuple[type[BaseModel] | None, FieldInfo | None]:
    """The table that a key path leads into, and the field that its last name stands for, if there is one."""
    owner: type[BaseModel] | None = Study
    field: FieldInfo | None = None
    names = [part for part in location if not isinstance(part, int)]
    for number, name in enumerate(names):
        fields: dict[str, FieldInfo] = owner.model_fields if owner is not None else {}
        field = fields.get(str(name))
        if number < len(names) - 1:
            owner = _table(field.annotation) if field is not None else None
    return owner, field


def _table(annotation: Any) -> type[BaseModel] | None:
    """The table class inside ``T``, ``tuple[T, ...]`` or ``T | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (tuple, list, Union, UnionType):
        for inner in get_args(annotation):
            found = _table(inner)
            if found is not None:
                return found
    return None
