"""Web Mercator (EPSG:3857) as whole pixels at zoom 20: what maps count in and what clusters are stored by."""

import math

ZOOM = 20
TILE_PIXELS = 256
WORLD_PIXELS = TILE_PIXELS << ZOOM

# There the square world ends: atan(sinh(pi)).
MAX_LATITUDE = 85.0511287798066


def world_pixel(lon: float, lat: float) -> tuple[int, int]:
    """Return the pixel `(x, y)` of a position, x from the west, y from the north, both 0 to 2**28 - 1.

    What lies beyond the square world is put onto its edge.
    """
    sine = math.sin(math.radians(max(-MAX_LATITUDE, min(MAX_LATITUDE, lat))))
    x = (lon + 180) / 360
    y = 0.5 - math.atanh(sine) / (2 * math.pi)
    return _pixel(x), _pixel(y)


def position_at(x: float, y: float) -> tuple[float, float]:
    """Return `(lon, lat)` of the middle of a pixel; fractions, as of a mean of pixels, are taken as they are."""
    lon = (x + 0.5) / WORLD_PIXELS * 360 - 180
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * (y + 0.5) / WORLD_PIXELS))))
    return lon, lat


def pixel_box(west: float, south: float, east: float, north: float) -> tuple[int, int, int, int]:
    """Return `(min_x, min_y, max_x, max_y)`, all inclusive, of a box that does not cross the antimeridian."""
    min_x, min_y = world_pixel(west, north)
    max_x, max_y = world_pixel(east, south)
    return min_x, min_y, max_x, max_y


def _pixel(share: float) -> int:
    return max(0, min(WORLD_PIXELS - 1, math.floor(share * WORLD_PIXELS)))
