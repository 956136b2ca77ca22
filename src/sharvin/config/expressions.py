"""Arithmetic in a file, and nothing but arithmetic.

A string where a number is expected is parsed to a syntax tree of which only numbers, + − * / **, parentheses, a
few constants and a few functions of real numbers are evaluated. Nothing is executed: there are no names to look
up, no attributes, no calls but the listed ones. All arithmetic is in floating point, so that no power can grow
without bound, and length and depth are limited.
"""

import ast
import math
import operator
import warnings
from collections.abc import Callable
from typing import Any

from ..errors import InputError, nearest

CONSTANTS: dict[str, float] = {"pi": math.pi, "inf": math.inf}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "abs": abs,
    "min": min,
    "max": max,
}
LONGEST = 200
DEEPEST = 30

_BINARY: dict[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: math.pow,
}
_UNARY: dict[type, Callable[[float], float]] = {ast.UAdd: operator.pos, ast.USub: operator.neg}


def evaluate(expression: str) -> float:
    """The value of an arithmetic expression.

    Raises
    ------
    InputError
        For anything that is not arithmetic, or has no finite real value (``inf`` itself is a value).

    Examples
    --------
    >>> evaluate("250/2 + sqrt(16)")
    129.0
    >>> evaluate("__import__('os')")
    Traceback (most recent call last):
    sharvin.errors.InputError: "__import__('os')" is not arithmetic: no function "__import__"...
    """
    if len(expression) > LONGEST:
        raise InputError(f"an expression may have at most {LONGEST} characters, this has {len(expression)}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            tree = ast.parse(expression.strip(), mode="eval")
        value = _value(tree.body, 0)
    except (SyntaxError, ValueError, RecursionError, MemoryError, TypeError) as error:
        reason = str(error) if isinstance(error, InputError) else "only numbers, + - * / ** ( ) and functions"
        raise InputError(f'"{expression}" is not arithmetic: {reason}') from None
    except ArithmeticError:
        raise InputError(f'"{expression}" has no finite value') from None
    if math.isnan(value):
        raise InputError(f'"{expression}" has no value')
    return value


def _value(node: ast.AST, depth: int) -> float:
    if depth > DEEPEST:
        raise InputError(f"it is nested more than {DEEPEST} deep")
    match node:
        case ast.Constant(value=bool()):
            raise InputError("true and false are no numbers")
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            if name not in CONSTANTS:
                raise InputError(f'no constant "{name}"{nearest(name, CONSTANTS)}')
            return CONSTANTS[name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _BINARY[type(op)](_value(left, depth + 1), _value(right, depth + 1))
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _UNARY:
            return _UNARY[type(op)](_value(operand, depth + 1))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            if name not in FUNCTIONS:
                raise InputError(f'no function "{name}"{nearest(name, FUNCTIONS)}')
            return float(FUNCTIONS[name](*(_value(argument, depth + 1) for argument in arguments)))
    raise InputError("only numbers, + - * / ** ( ), " + ", ".join([*CONSTANTS, *FUNCTIONS]) + " are allowed")
