"""Styles in a GeoPackage: QGIS shows each category in its colour, with the words that residents see."""

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET

from participation.languages import text_in
from participation.proceedings.models import Category
from participation.proceedings.palette import rgb_color

# As QGIS makes it: https://docs.qgis.org, “Saving and sharing layer properties”.
STYLE_TABLE = """
CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
  f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT,
  styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME)
"""
SYMBOLS = {"points": ("marker", "SimpleMarker"), "lines": ("line", "SimpleLine"), "areas": ("fill", "SimpleFill")}
GEOMETRY_TYPES = {"points": "0", "lines": "1", "areas": "2"}


def style_row(id_: int, layer: str, kind: str, categories: Sequence[Category], changed_at: str) -> tuple[Any, ...]:
    """Return the row of `layer_styles` that colours a layer by category.

    Args:
        id_: of the row.
        layer: name of the layer's table.
        kind: points, lines or areas.
        categories: of the proceeding.
        changed_at: when the data last changed.
    """
    return (id_, "", "", layer, "geom", layer[:30], _qml(kind, categories), "", 1, "", "", None, changed_at)


def _qml(kind: str, categories: Sequence[Category]) -> str:
    root = ET.Element("qgis", version="3.28.0", styleCategories="Symbology")
    renderer = ET.SubElement(root, "renderer-v2", type="categorizedSymbol", attr="category", enableorderby="0")
    listed = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    for number, category in enumerate(categories):
        words = {"value": category.key, "label": text_in(category.name), "symbol": str(number), "render": "true"}
        ET.SubElement(listed, "category", words)
        _add_symbol(symbols, str(number), kind, rgb_color(category.color))
    ET.SubElement(root, "layerGeometryType").text = GEOMETRY_TYPES[kind]
    return ET.tostring(root, encoding="unicode")


def _add_symbol(symbols: ET.Element, name: str, kind: str, rgb: tuple[int, int, int]) -> None:
    type_, class_ = SYMBOLS[kind]
    color, pale = (",".join(map(str, (*rgb, opacity))) for opacity in (255, 90))
    options = {
        "points": {"name": "circle", "color": color, "outline_color": "255,255,255,255", "size": "3"},
        "lines": {"line_color": color, "line_width": "0.8"},
        "areas": {"color": pale, "outline_color": color, "outline_width": "0.6"},
    }[kind]
    symbol = ET.SubElement(symbols, "symbol", type=type_, name=name, alpha="1", clip_to_extent="1")
    layer = ET.SubElement(symbol, "layer", {"class": class_, "enabled": "1", "pass": "0", "locked": "0"})
    map_ = ET.SubElement(layer, "Option", type="Map")
    for key, value in options.items():
        ET.SubElement(map_, "Option", type="QString", name=key, value=value)
