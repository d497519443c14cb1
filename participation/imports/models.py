"""Imports: each file, how far it is, and which contributions came from it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.accounts.models import User
from participation.contributions.models import Origin
from participation.database import Base
from participation.imports.source import FileKind

NAME_LONGEST = 200


class RunState(StrEnum):
    """`open → checking → checked → noting → done → undoing → undone`; up to `checked` it can go back to `open`."""

    OPEN = "open"  # its columns are being named
    CHECKING = "checking"
    CHECKED = "checked"
    NOTING = "noting"  # the rows are in; screening gets to know them
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


BEFORE_IMPORT = (RunState.OPEN, RunState.CHECKING, RunState.CHECKED)


class ImportRun(Base):
    """One file: who brought it, what was made of it. Until it is imported, its rows lie in the file `token`.

    A file that the command took has no user and lies nowhere.
    """

    __tablename__ = "import_run"
    __table_args__ = (
        Index("ix_import_run_newest", "proceeding_id", "id"),
        Index("ix_import_run_state", "state", "created_at"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    proceeding_id: Mapped[int] = mapped_column(ForeignKey("proceeding.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    by_command: Mapped[bool] = mapped_column(default=False, server_default=false())
    state: Mapped[RunState] = mapped_column(default=RunState.OPEN)
    file_name: Mapped[str] = mapped_column(String(NAME_LONGEST))
    kind: Mapped[FileKind]
    token: Mapped[str] = mapped_column(String(64), unique=True)
    file_digest: Mapped[str] = mapped_column(String(64))
    choices: Mapped[dict[str, Any]]  # how it is to be read: see choices.py
    origin: Mapped[Origin] = mapped_column(default=Origin.IMPORT)
    row_count: Mapped[int]
    added_count: Mapped[int] = mapped_column(default=0)
    existing_count: Mapped[int] = mapped_column(default=0)
    bad_count: Mapped[int] = mapped_column(default=0)
    undone_count: Mapped[int] = mapped_column(default=0)
    undone_to: Mapped[int] = mapped_column(default=0)  # id of the last contribution that undoing looked at
    created_at: Mapped[datetime]
    imported_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    user: Mapped[User | None] = relationship(lazy="raise_on_sql")


class ImportedContribution(Base):
    """Which import a contribution came from."""

    __tablename__ = "imported_contribution"
    contribution_id: Mapped[int] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id", ondelete="CASCADE"), index=True)
