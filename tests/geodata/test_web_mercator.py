"""Pixels of the world at zoom 20."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.geodata.web_mercator import MAX_LATITUDE, WORLD_PIXELS, pixel_box, position_at, world_pixel

LAST = 2**28 - 1
pixels = st.integers(0, LAST)


def test_the_world_is_2_to_the_28_pixels_wide():
    assert WORLD_PIXELS == 2**28


def test_the_world_ends_where_it_is_square():
    assert pytest.approx(math.degrees(math.atan(math.sinh(math.pi)))) == MAX_LATITUDE


@pytest.mark.parametrize(
    "lon, lat, pixel",
    [
        (-180, MAX_LATITUDE, (0, 0)),
        (180, -MAX_LATITUDE, (LAST, LAST)),
        (0, 0, (2**27, 2**27)),
        (-180, 90, (0, 0)),
        (180, -90, (LAST, LAST)),
        (400, 0, (LAST, 2**27)),
    ],
)
def test_corners_and_middle_of_the_world(lon, lat, pixel):
    assert world_pixel(lon, lat) == pixel


def test_a_pixel_agrees_with_the_tile_numbers_of_the_web():
    # https://wiki.openstreetmap.org/wiki/Slippy_map_tilenames, written out for zoom 20.
    lon, lat = 12.3707, 51.3421
    column = int((lon + 180) / 360 * 2**20)
    row = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**20)
    x, y = world_pixel(lon, lat)
    assert (x // 256, y // 256) == (column, row)


def test_x_grows_to_the_east_and_y_to_the_south():
    x, y = world_pixel(12.37, 51.34)
    assert world_pixel(12.38, 51.34) > (x, y)
    assert world_pixel(12.37, 51.33)[1] > y


@given(pixels, pixels)
def test_the_position_of_a_pixel_lies_in_that_pixel(x, y):
    assert world_pixel(*position_at(x, y)) == (x, y)


@given(st.floats(-180, 180), st.floats(-85, 85))
def test_a_position_comes_back_to_a_seventh_of_a_metre(lon, lat):
    back_lon, back_lat = position_at(*world_pixel(lon, lat))
    assert abs(back_lon - lon) <= 360 / 2**28
    assert abs(back_lat - lat) <= 360 / 2**28


@given(
    st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180), st.floats(-90, 90), st.floats(0, 1), st.floats(0, 1)
)
def test_a_box_of_pixels_holds_the_pixel_of_every_place_in_the_box(lon1, lat1, lon2, lat2, right, up):
    west, east = sorted((lon1, lon2))
    south, north = sorted((lat1, lat2))
    min_x, min_y, max_x, max_y = pixel_box(west, south, east, north)
    lon = min(east, west + (east - west) * right)
    lat = min(north, south + (north - south) * up)
    x, y = world_pixel(lon, lat)
    assert min_x <= x <= max_x
    assert min_y <= y <= max_y
    assert 0 <= min_x <= max_x <= LAST
    assert 0 <= min_y <= max_y <= LAST
