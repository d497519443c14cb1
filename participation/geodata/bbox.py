"""The bounding box in addresses: `bbox=west,south,east,north` (OGC API - Features Part 1, section 7.15.3)."""

import math
import re
from typing import NamedTuple

from participation.geodata.errors import N_, GeodataError

NUMBER = re.compile(r"[+-]?([0-9]{1,20}(\.[0-9]{0,20})?|\.[0-9]{1,20})([eE][+-]?[0-9]{1,3})?")
MAX_LENGTH = 300


class Bbox(NamedTuple):
    """A box in degrees, borders included; west > east means that it crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    @property
    def crosses_antimeridian(self) -> bool:
        """Say whether the box goes over the 180th meridian (RFC 7946, section 5.2)."""
        return self.west > self.east

    def parts(self) -> "list[Bbox]":
        """Return the box as one or two boxes that do not cross the antimeridian, as databases need it."""
        if not self.crosses_antimeridian:
            return [self]
        return [self._replace(east=180.0), self._replace(west=-180.0)]


def parse_bbox(text: str) -> Bbox:
    """Return the box of a query word.

    Raises:
        GeodataError: not four or six finite numbers, out of range, or south above north.
    """
    return checked_bbox(*parse_numbers(text))


def parse_numbers(text: str) -> tuple[float, float, float, float]:
    """Return the corners of a query word in any coordinate system; of six numbers the heights are dropped.

    Raises:
        GeodataError: not four or six finite numbers.
    """
    words = [word.strip() for word in text.split(",")] if len(text) <= MAX_LENGTH else []
    numbers = [float(word) for word in words if NUMBER.fullmatch(word)]
    if len(words) not in (4, 6) or len(numbers) != len(words) or not all(map(math.isfinite, numbers)):
        message = N_("“bbox” must be four numbers with commas between them: west, south, east, north.")
        raise GeodataError("bbox", message)
    if len(numbers) == 6:
        del numbers[5], numbers[2]
    first, second, third, fourth = numbers
    return first, second, third, fourth


def checked_bbox(west: float, south: float, east: float, north: float) -> Bbox:
    """Return a box in degrees.

    Raises:
        GeodataError: out of range, or south above north.
    """
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= 90 and -90 <= north <= 90):
        message = N_("“bbox” must lie on Earth: longitude from -180 to 180, latitude from -90 to 90.")
        raise GeodataError("bbox", message)
    if south > north:
        raise GeodataError("bbox", N_("In “bbox” the south is above the north. The order is west, south, east, north."))
    return Bbox(west, south, east, north)
