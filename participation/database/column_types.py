"""Column types that behave the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from enum import Enum as PythonEnum
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Enum
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

ENUM_LENGTH = 40

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """An instant with microseconds; goes in aware in any zone, comes out aware in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if not isinstance(value, datetime) or value.utcoffset() is None:
            raise ValueError(f"A time without a zone cannot be stored: {value!r}")
        in_utc: datetime = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    process_literal_param = process_bind_param  # type: ignore[assignment]

    def bind_processor(self, dialect: Dialect) -> Any:
        """Write the text for SQLite at once: SQLAlchemy's own way there takes six times as long."""
        if dialect.name != "sqlite":
            return super().bind_processor(dialect)

        def process(value: Any) -> str | None:
            moment = self.process_bind_param(value, dialect)
            return None if moment is None else moment.isoformat(" ", "microseconds")

        return process

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Translated(TypeDecorator[dict[str, str]]):
    """A text by language: `{"de": "…", "en": "…"}`. Assign a new dict to change it; changes inside one are not seen."""

    impl = Json
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> dict[str, str] | None:
        if value is None:
            return None
        if not isinstance(value, dict) or not all(isinstance(part, str) for item in value.items() for part in item):
            raise ValueError(f"A translated text is a dict from language to text, not {value!r}")
        return value


def text_enum() -> Enum:
    """Return the type for every StrEnum: stored as its value, checked in Python, so a new member needs no migration."""
    return Enum(
        PythonEnum,
        native_enum=False,
        create_constraint=False,
        validate_strings=True,
        length=ENUM_LENGTH,
        values_callable=_values,
    )


def _values(members: type[StrEnum]) -> list[Any]:
    return [member.value for member in members]
