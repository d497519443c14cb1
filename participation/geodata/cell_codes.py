"""Pixels of zoom 20 as one number whose leading bits name the square they lie in (Z-order): squares are ranges.

Morton, G. M. (1966): A computer oriented geodetic data base. Cells of side 2**shift have the number without its last
2 * shift bits.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

# Half as many digits in each step: those of one coordinate move apart until there is a gap behind each.
SPREADING = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)
ALL = 0x00000000FFFFFFFF
ACROSS = 8  # a cover is made of squares not smaller than an eighth of the box

Numbers = NDArray[np.int64]
PixelBox = tuple[int, int, int, int]  # min_x, min_y, max_x, max_y, borders included
Range = tuple[int, int]


def pin_code(x: int | None, y: int | None) -> int | None:
    """Return the number of a pixel: bits of x at even places, of y at odd ones; SQL has a function of the same name."""
    return None if x is None or y is None else _spread(x) | _spread(y) << 1


def places_of(codes: Numbers) -> tuple[Numbers, Numbers]:
    """Return the pixels (or, for cells' numbers, the cells' columns and rows) of numbers."""
    return _gathered(codes), _gathered(codes >> 1)


def cover(box: PixelBox, shift: int) -> list[Range]:
    """Return ranges of pixel numbers, in order, that hold a box and little around it, cut where cells begin.

    Args:
        box: in pixels.
        shift: of the smallest cells to cut at.
    """
    min_x, min_y, max_x, max_y = box
    smallest = max(shift, max(max_x - min_x, max_y - min_y, 1).bit_length() - ACROSS.bit_length() + 1)
    top = max((min_x ^ max_x).bit_length(), (min_y ^ max_y).bit_length(), smallest)
    found: list[Range] = []
    for first, last in _squares(box, top, min_x >> top, min_y >> top, smallest):
        if found and found[-1][1] + 1 == first:
            found[-1] = found[-1][0], last
        else:
            found.append((first, last))
    return found


def _squares(box: PixelBox, size: int, column: int, row: int, smallest: int) -> Iterator[Range]:
    min_x, min_y, max_x, max_y = box
    west, north = column << size, row << size
    east, south = west + (1 << size) - 1, north + (1 << size) - 1
    if west > max_x or east < min_x or north > max_y or south < min_y:
        return
    is_inside = west >= min_x and east <= max_x and north >= min_y and south <= max_y
    if is_inside or size <= smallest:
        first = _spread(west) | _spread(north) << 1
        yield first, first + (1 << 2 * size) - 1
        return
    for part in range(4):
        yield from _squares(box, size - 1, 2 * column + (part & 1), 2 * row + (part >> 1), smallest)


def _spread(number: int) -> int:
    for distance, mask in SPREADING:
        number = (number | number << distance) & mask
    return number


def _gathered(numbers: Numbers) -> Numbers:
    numbers = numbers & SPREADING[-1][1]
    for (distance, _), mask in zip(SPREADING[::-1], [*(mask for _, mask in SPREADING[-2::-1]), ALL], strict=True):
        numbers = (numbers | numbers >> distance) & mask
    return numbers
