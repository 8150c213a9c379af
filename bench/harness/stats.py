"""Medians, ratios per round, and how sure they are."""

import random
from statistics import mean, median, variance


def ratios(values, base):
    """The ratios of two series, round by round; rounds that one of them lacks are left out."""
    return [value / other for value, other in zip(values, base) if value is not None and other]


def summary(values):
    """Median and range."""
    values = [value for value in values if value is not None]
    return {"median": median(values), "min": min(values), "max": max(values), "n": len(values)} if values else None


def bootstrap_median(values, confidence=0.95, samples=10_000, seed=1):
    """A confidence interval of the median, by drawing the rounds again and again (percentile bootstrap)."""
    chance = random.Random(seed)
    medians = sorted(median(chance.choices(values, k=len(values))) for _ in range(samples))
    tail = (1 - confidence) / 2
    return medians[int(tail * samples)], medians[int((1 - tail) * samples) - 1]


def slope(points):
    """The slope of the straight line through these points by least squares."""
    middle = [sum(axis) / len(points) for axis in zip(*points)]
    spread = sum((x - middle[0]) ** 2 for x, _ in points)
    return sum((x - middle[0]) * (y - middle[1]) for x, y in points) / spread if spread else 0.0


def welch(one, other):
    """Welch's t of two samples: how many standard errors their means differ by."""
    return (mean(one) - mean(other)) / (variance(one) / len(one) + variance(other) / len(other)) ** 0.5
