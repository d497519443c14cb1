"""How migrations run, on either database: in one transaction that is rolled back as a whole."""

import logging
from logging.config import fileConfig
from typing import Any

from alembic import context
from alembic.util import CommandError
from flask import current_app

from participation.database import migrating


def run() -> None:
    if context.is_offline_mode():
        raise CommandError("Migrations look at the database while they run; --sql is not possible.")
    migrate = current_app.extensions["migrate"]
    metadata = migrate.db.metadata
    applied: list[Any] = []
    with (
        migrate.db.engine.connect().execution_options(writing=True) as connection,
        migrating.foreign_keys_off(connection),
    ):
        migrating.require_features(connection, context.script)
        context.configure(
            **migrate.configure_args,
            connection=connection,
            target_metadata=metadata,
            transactional_ddl=True,
            include_name=migrating.include_name,
            include_object=migrating.include_object,
            render_item=migrating.render_item,
            process_revision_directives=migrating.keep_spatial,
            on_version_apply=lambda **version: applied.append(version),
        )
        with context.begin_transaction():
            migrating.lock_out_other_migrations(connection)
            context.run_migrations()
            if applied:
                migrating.require_sound_tables(connection, metadata)


# A program that called us has set up its own logging.
if context.config.config_file_name and not logging.getLogger().hasHandlers():
    fileConfig(context.config.config_file_name, disable_existing_loggers=False)
run()
