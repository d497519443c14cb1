"""The query word bbox."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.geodata.bbox import Bbox, parse_bbox
from participation.geodata.errors import GeodataError


@pytest.mark.parametrize(
    "text, box",
    [
        ("12.36,51.33,12.38,51.35", (12.36, 51.33, 12.38, 51.35)),
        (" 12.36 , 51.33,12.38 ,51.35 ", (12.36, 51.33, 12.38, 51.35)),
        ("-180,-90,180,90", (-180, -90, 180, 90)),
        ("12,51,-100,13,52,8000", (12, 51, 13, 52)),
        ("180,90,-180,90", (180, 90, -180, 90)),
        ("1,2,1,2", (1, 2, 1, 2)),
        ("+.5,5.,1e1,1.5E+1", (0.5, 5, 10, 15)),
        ("170,-10,-170,10", (170, -10, -170, 10)),
    ],
)
def test_four_or_six_numbers_are_taken(text, box):
    assert parse_bbox(text) == box


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,2,3",
        "1,2,3,4,5",
        "1,2,3,4,5,6,7",
        "1;2;3;4",
        "1,2,3,x",
        "1,2,3,",
        "1,2,3,nan",
        "1,2,inf,4",
        "1,2,1e999,4",
        "1,2,1e999,3,4,-1e999",
        "1_0,2,3,4",
        "１,2,3,4",
        "0x1,2,3,4",
        "1 0,2,3,4",
        "1,2,3,4\x00",
        "180.1,2,3,4",
        "-180.1,2,3,4",
        "1,2,180.1,4",
        "1,2,-180.1,4",
        "1,-90.1,3,4",
        "1,90.1,3,90.2",
        "1,2,3,90.1",
        "1,-90.2,3,-90.1",
        "1,4,3,2",
        "1," * 10_000,
        "1," + "1" * 400 + ",3,4",
    ],
)
def test_anything_else_is_refused_as_a_bbox(text):
    with pytest.raises(GeodataError) as refused:
        parse_bbox(text)
    assert refused.value.code == "bbox"


def test_west_of_east_means_across_the_antimeridian_and_is_cut_into_two():
    box = parse_bbox("170,-10,-170,10")
    assert box.crosses_antimeridian
    assert box.parts() == [(170, -10, 180, 10), (-180, -10, -170, 10)]
    for plain in (Bbox(1, 2, 3, 4), Bbox(1, 2, 1, 4)):
        assert not plain.crosses_antimeridian
        assert plain.parts() == [plain]


@given(st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180), st.floats(-90, 90))
def test_every_box_on_earth_that_is_written_out_is_read_again(west, lat1, east, lat2):
    south, north = sorted((lat1, lat2))
    box = Bbox(west, south, east, north)
    text = ",".join(f"{number:.10f}" for number in box)
    assert parse_bbox(text) == pytest.approx(box, abs=1e-9)


@given(st.text("0123456789.,-+eE n", max_size=60))
def test_no_text_breaks_the_reader(text):
    try:
        box = parse_bbox(text)
    except GeodataError:
        return
    assert -90 <= box.south <= box.north <= 90
