"""Rules of strict JSON, RFC 8259, beyond what the foreign files hold."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.geodata.errors import GeodataError
from participation.geodata.strict_json import nesting_depth, read_json


def code_of(data: bytes, **bounds: int) -> str:
    with pytest.raises(GeodataError) as refused:
        read_json(data, **bounds)
    return refused.value.code


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_constants_that_are_no_json_are_refused_and_named(constant):
    with pytest.raises(GeodataError, match=constant) as refused:
        read_json(f"[{constant}]".encode())
    assert refused.value.code == "not_json"


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1" * 301, "-" + "9" * 5000])
def test_numbers_no_float_can_hold_are_refused(number):
    assert code_of(f"[{number}]".encode()) == "number_too_large"


def test_a_whole_number_of_300_digits_is_still_taken():
    assert read_json(b"9" * 300) == 10**300 - 1


def test_a_number_too_small_for_a_float_is_zero():
    assert read_json(b"1e-400") == 0.0


def test_a_name_twice_in_one_object_is_refused_and_named():
    with pytest.raises(GeodataError, match="“type”") as refused:
        read_json(b'{"a": {"type": 1, "x": 2, "type": 1}}')
    assert refused.value.code == "duplicate_name"


def test_the_same_name_in_two_objects_is_fine():
    assert read_json(b'[{"a": 1}, {"a": 1, "b": {"a": 1}}]')


@pytest.mark.parametrize("name", ["x" * 1000, "\\ud800"], ids=["long", "half a character"])
def test_a_message_holds_only_short_and_printable_parts_of_the_file(name):
    with pytest.raises(GeodataError) as refused:
        read_json(f'{{"{name}": 1, "{name}": 2}}'.encode())
    assert len(str(refused.value).encode()) < 150


def test_a_byte_order_mark_is_skipped_once():
    assert read_json(b"\xef\xbb\xbf[]") == []
    assert code_of(b"\xef\xbb\xbf\xef\xbb\xbf[]") == "not_json"


def test_the_place_of_a_wrong_byte_and_of_a_wrong_character_is_told():
    with pytest.raises(GeodataError) as refused:
        read_json(b'["\xe4"]')
    assert (refused.value.code, refused.value.parameters) == ("not_utf8", {"byte": 3})
    with pytest.raises(GeodataError) as refused:
        read_json(b"[1,\n 2,,3]")
    assert (refused.value.code, refused.value.parameters) == ("not_json", {"line": 2, "column": 4})


@pytest.mark.parametrize("text", ['"\\ud800"', '["\\udc00\\ud800"]', '{"\\ud83d": 1}', '{"a": [{"b": "x\\uDFFFx"}]}'])
def test_half_a_character_is_refused_wherever_it_stands(text):
    assert code_of(text.encode()) == "lone_surrogate"


def test_a_whole_character_written_as_two_escapes_is_taken_and_so_is_a_backslash_before_ud800():
    assert read_json(b'"\\ud83d\\udeb2 \\\\ud800"') == "🚲 \\ud800"


def test_size_is_bounded_to_the_byte():
    assert read_json(b"[1,2]", max_bytes=5) == [1, 2]
    assert code_of(b"[1,2]", max_bytes=4) == "too_large"
    with pytest.raises(GeodataError, match="At most 2 megabytes"):
        read_json(b" " * 3_000_000, max_bytes=2 * 1024 * 1024)


def test_nesting_is_bounded_to_the_level():
    assert read_json(b"[[{}]]", max_depth=3) == [[{}]]
    assert code_of(b"[[{}]]", max_depth=2) == "too_deep"


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"":'])
def test_a_hundred_thousand_open_brackets_are_refused_without_recursion(opening):
    assert code_of(opening * 100_000) == "too_deep"


def test_brackets_in_texts_do_not_count():
    assert nesting_depth(rb'["[[[[", "\"[[[[", "\\", [1]]') == 2


@pytest.mark.parametrize(
    "data",
    [b'"' + b'\\"' * 2_000_000, b'"' + b"\\" * 2_000_001, b'"a' * 2_000_001, b"[" + b"]" * 4_000_000],
    ids=["escaped quotes", "backslashes", "quotes", "closing"],
)
def test_unclosed_texts_of_megabytes_cost_no_more_than_one_pass(data):
    assert code_of(data) == "not_json"


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=20,
)


@given(json_values, st.booleans())
def test_what_others_write_as_json_is_read_as_they_meant_it(value, ascii_only):
    assert read_json(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(st.binary(max_size=200) | st.text('[]{}":,\\u0dD8eE+-.1ntf \n', max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(data):
    with suppress(GeodataError):
        read_json(data)
