"""The colours of categories as numbers, for files and interfaces; pages take them from static/css/tokens.css."""

HEX_COLORS = {
    "green": "#007328",
    "orange": "#9e5c00",
    "violet": "#9533be",
    "red": "#c31c13",
    "lightblue": "#006b8c",
    "neutral": "#51577a",
}


def hex_color(color: str) -> str:
    """Return the colour of a key of the palette, as `#rrggbb`; one that is not known is neutral."""
    return HEX_COLORS.get(color, HEX_COLORS["neutral"])


def rgb_color(color: str) -> tuple[int, int, int]:
    """Return the same as red, green and blue, from 0 to 255."""
    red, green, blue = bytes.fromhex(hex_color(color).removeprefix("#"))
    return red, green, blue
