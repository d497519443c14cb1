"""What every table is made of: the typed base, the naming of constraints, which Python type becomes which column."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData, Text
from sqlalchemy.orm import DeclarativeBase, registry

from participation.database.column_types import Json, UtcDateTime, text_enum
from participation.database.spatial_index import keep_spatial_indexes

# Without names SQLite cannot drop a constraint later.
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of all models: `str` is text of any length, `datetime` aware UTC, a StrEnum its value, dict JSON."""

    # In the registry, not on the class: Flask-SQLAlchemy derives from this class, which would refuse a map on it.
    registry = registry(
        metadata=MetaData(naming_convention=NAMING_CONVENTION),
        type_annotation_map={
            str: Text(),
            datetime: UtcDateTime(),
            StrEnum: text_enum(),
            dict[str, Any]: Json,
            list[Any]: Json,
            list[str]: Json,
        },
    )


keep_spatial_indexes(Base.metadata)

db = SQLAlchemy(
    model_class=Base,
    # Objects stay readable after a commit: the page is rendered from them.
    session_options={"expire_on_commit": False},
    # Parameters are what people wrote: errors go into logs without them.
    engine_options={"hide_parameters": True},
)
