"""Unions of intervals of energy."""

from collections.abc import Iterable

Intervals = list[tuple[float, float]]


def merged(intervals: Iterable[tuple[float, float]]) -> Intervals:
    """Overlapping and touching intervals joined, in order; empty ones left out.

    >>> merged([(2.0, 3.0), (0.0, 1.0), (1.0, 1.5), (4.0, 4.0)])
    [(0.0, 1.5), (2.0, 3.0)]
    """
    found: Intervals = []
    for start, stop in sorted(intervals):
        if stop <= start:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(stop, found[-1][1]))
        else:
            found.append((start, stop))
    return found


def outside(intervals: Intervals, covered: Intervals) -> Intervals:
    """What of some intervals others do not cover; both as `merged` gives them.

    >>> outside([(0.0, 4.0)], [(-1.0, 1.0), (2.0, 3.0)])
    [(1.0, 2.0), (3.0, 4.0)]
    """
    rest: Intervals = []
    for low, high in intervals:
        start = low
        for first, last in covered:
            if last <= start or first >= high:
                continue
            if first > start:
                rest.append((start, first))
            start = max(start, last)
        if start < high:
            rest.append((start, high))
    return rest
