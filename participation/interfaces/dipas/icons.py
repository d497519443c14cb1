"""Drawings for maps of others: an icon of ours, white on a disc in a colour of the palette."""

from participation.errors import NotFound
from participation.interfaces.dipas.words import icon_paths
from participation.proceedings.palette import HEX_COLORS

STROKE = 'fill="none" stroke="#ffffff" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'


def drawing(name: str) -> str:
    """Return a drawing by `icon-color` as SVG.

    Raises:
        NotFound: there is no such icon or colour.
    """
    icon, _, color = name.rpartition("-")
    paths = icon_paths()
    if icon not in paths or color not in HEX_COLORS:
        raise NotFound("There is no such drawing.")
    disc = f'<circle cx="12" cy="12" r="11.5" fill="{HEX_COLORS[color]}" stroke="#ffffff"/>'
    icon_group = f'<g transform="translate(4.8 4.8) scale(.6)" {STROKE}>{paths[icon]}</g>'
    size = 'width="48" height="48" viewBox="0 0 24 24"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{disc}{icon_group}</svg>'
