"""Reading GeoJSON files (RFC 7946) that somebody else wrote: every feature, with everything that is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shapely.geometry.base import BaseGeometry

from participation.geodata.errors import N_, GeodataError
from participation.geodata.strict_json import MAX_BYTES, MAX_DEPTH, read_json
from participation.geodata.structure import (
    BUILDERS,
    FOREIGN_TO_COLLECTION,
    FOREIGN_TO_FEATURE,
    check_members,
    finite_number,
    geometry_from_object,
    joined,
)

__all__ = ["ReadFeature", "read_feature_collection", "read_json"]


@dataclass
class ReadFeature:
    """One feature of a file, as far as it could be read.

    Attributes:
        index: its place in the file, from 0.
        id: the feature's own id, or None.
        geometry: its shape, not yet checked (see `checking.check_geometry`); None if it has none or it is broken.
        properties: its properties; empty if it has none or they are broken.
        problems: what is wrong with it; a feature with problems must not be taken.
    """

    index: int
    id: str | int | float | None = None
    geometry: BaseGeometry | None = None
    properties: dict[str, Any] = field(default_factory=dict)
    problems: list[GeodataError] = field(default_factory=list)


def read_feature_collection(
    data: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH
) -> list[ReadFeature]:
    """Return the features of a GeoJSON file: a FeatureCollection, one Feature, or one bare geometry.

    A fault of one feature is listed with it and does not hide the others.

    Raises:
        GeodataError: the file as a whole is no GeoJSON, or not in WGS 84; also all that `read_json` raises.
    """
    value = read_json(data, max_bytes=max_bytes, max_depth=max_depth)
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "FeatureCollection":
        return _collection(value)
    if kind == "Feature":
        return [_feature(value, 0, "")]
    if kind == "GeometryCollection" or (isinstance(kind, str) and kind in BUILDERS):
        read = ReadFeature(0)
        read.geometry = _geometry(value, "", read.problems)
        return [read]
    message = N_("This is not GeoJSON. Save the file as a FeatureCollection, a Feature or a geometry.")
    raise GeodataError("not_geojson", message)


def _collection(value: Mapping[str, Any]) -> list[ReadFeature]:
    check_members(value, FOREIGN_TO_COLLECTION)
    features = value.get("features")
    if not isinstance(features, list):
        raise GeodataError(
            "no_features", N_("The FeatureCollection has no list of “features”. Add it."), path="features"
        )
    return [_feature(feature, index, f"features[{index}]") for index, feature in enumerate(features)]


def _feature(value: object, index: int, path: str) -> ReadFeature:
    read = ReadFeature(index)
    if not isinstance(value, dict) or value.get("type") != "Feature":
        message = N_("This is not a feature. Use an object whose “type” is “Feature”.")
        read.problems.append(GeodataError("not_a_feature", message, path=path))
        return read
    try:
        check_members(value, FOREIGN_TO_FEATURE, path=path)
    except GeodataError as error:
        read.problems.append(error)
    read.id = _id(value, path, read.problems)
    read.properties = _properties(value, path, read.problems)
    if "geometry" not in value:
        message = N_("The feature has no “geometry”. Add it; null means that it has no place.")
        read.problems.append(GeodataError("no_geometry", message, path=joined(path, "geometry")))
    elif value["geometry"] is not None:
        read.geometry = _geometry(value["geometry"], joined(path, "geometry"), read.problems)
    return read


def _id(feature: dict[str, Any], path: str, problems: list[GeodataError]) -> str | int | float | None:
    """RFC 7946, section 3.2: a string or a number, if there is one; some programs write null for none."""
    value = feature.get("id")
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float) and finite_number(value) is not None:
        return value
    message = N_("The “id” of the feature must be a text or a number. Correct or remove it.")
    problems.append(GeodataError("id", message, path=joined(path, "id")))
    return None


def _properties(feature: dict[str, Any], path: str, problems: list[GeodataError]) -> dict[str, Any]:
    value = feature.get("properties")
    if isinstance(value, dict):
        return value
    if value is not None or "properties" not in feature:
        message = N_("The feature has no “properties”. Add them as an object, or as null if there are none.")
        problems.append(GeodataError("properties", message, path=joined(path, "properties")))
    return {}


def _geometry(value: object, path: str, problems: list[GeodataError]) -> BaseGeometry | None:
    try:
        return geometry_from_object(value, path=path)
    except GeodataError as error:
        problems.append(error)
        return None
