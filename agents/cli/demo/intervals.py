"""Intervals as pairs (start, end) with start <= end."""


def merge_intervals(intervals):
    """The union of the intervals as a sorted list of intervals that do not touch."""
    merged = []
    for start, end in sorted(intervals):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged
