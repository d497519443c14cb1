"""What all models of the API have in common: nothing unknown, nothing converted, every text bounded."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from participation.database import LARGEST_ID
from participation.proceedings.models import TEXT_LONGEST

NO_NUL = r"^[^\x00]*$"
KEY_PATTERN = r"^[A-Za-z0-9_-]{1,64}$"

Key = Annotated[str, StringConstraints(pattern=NO_NUL, min_length=1, max_length=64)]
Line = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=300)]
Text = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=TEXT_LONGEST)]
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Version = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Translated = dict[str, str]


class ApiModel(BaseModel):
    """The base of all: what is sent is what is meant, or refused."""

    model_config = ConfigDict(extra="forbid", strict=True, from_attributes=True)


class GeometryObject(ApiModel):
    """A GeoJSON geometry (RFC 7946), lon, lat in WGS 84; the rules of contributing say whether it can be a place."""

    model_config = ConfigDict(extra="allow", strict=True)
    type: str
    coordinates: list[Any]


class NoQuery(ApiModel):
    """No parameters."""
