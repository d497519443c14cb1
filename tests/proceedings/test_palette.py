"""The colours of files and interfaces are those of the pages."""

import math
import re
from pathlib import Path

from participation.proceedings.palette import HEX_COLORS, hex_color, rgb_color

ROOT = Path(__file__).resolve().parents[2]
KERN = ROOT / "node_modules/@kern-ux/native/src/scss/core/tokens/primitives/_colors.scss"


def as_hex(lightness, chroma, hue):
    """From OKLCH to sRGB (Ottosson, A perceptual color space for image processing)."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    clipped = [min(1.0, max(0.0, part)) for part in linear]
    parts = [12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055 for part in clipped]
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)


def test_numbers_are_those_of_the_style_sheet():
    tokens = (ROOT / "static/css/tokens.css").read_text(encoding="utf-8")
    kern = KERN.read_text(encoding="utf-8")
    for name, number in HEX_COLORS.items():
        variable = re.search(rf"--dp-{name}: var\((--kern-color-[a-z0-9-]+)\)", tokens)[1]
        lightness, chroma, hue = re.search(rf"{variable}: oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)", kern).groups()
        assert as_hex(float(lightness) / 100, float(chroma), float(hue)) == number, name


def test_a_colour_that_is_not_known_is_neutral():
    assert hex_color("pink") == HEX_COLORS["neutral"]
    assert (rgb_color("green"), rgb_color("pink")) == ((0, 115, 40), (81, 87, 122))
