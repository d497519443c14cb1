"""The checker of pages finds faults and lets good pages through."""

from collections.abc import Callable

GOOD = '<!DOCTYPE html>\n<html lang="de"><head><title>A</title></head><body><main><h1>Größe</h1></main></body></html>'


def test_a_good_page_has_no_findings(markup_findings: Callable[[str], list[str]]) -> None:
    assert markup_findings(GOOD) == []


def test_a_doubled_id_and_an_inline_style_are_found(markup_findings: Callable[[str], list[str]]) -> None:
    bad = GOOD.replace("</main>", '<p id="a" style="color:red">a</p><p id="a">b</p></main>')
    found = " ".join(markup_findings(bad))
    assert "no-dup-id" in found
    assert "no-inline-style" in found
