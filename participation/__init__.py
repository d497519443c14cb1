"""mitreden: a city lays a plan on the map, and everyone who lives with it has a say."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from participation import (
    accounts,
    assets,
    compression,
    config,
    database,
    errors,
    languages,
    logs,
    security,
    startup,
)
from participation.routes import act_as_stranger, init_routes


def create_app(settings: config.Settings | None = None) -> Flask:
    """Put the application together; asks neither database nor network."""
    settings = settings or config.read_settings()
    app = Flask(
        __name__,
        instance_path=str(settings.instance_path),
        template_folder="../templates",
        static_folder="../static",
    )
    app.extensions["settings"] = settings
    app.secret_key = settings.secret_key
    app.config.update(
        MAX_CONTENT_LENGTH=settings.max_body_kilobytes * 1024,
        MAX_FORM_MEMORY_SIZE=settings.max_body_kilobytes * 1024,
        MAX_FORM_PARTS=200,
        SESSION_COOKIE_NAME="session",
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.has_https,
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}  # before the environment is made
    app.jinja_env.globals["settings"] = settings
    logs.init_logs(app, settings)
    languages.init_languages(app)
    database.init_database(app, settings.database_url)
    if settings.operation.slow_query_milliseconds:
        with app.app_context():
            database.watch_slow_queries(
                database.db.engine, settings.operation.slow_query_milliseconds, logs.note_slow_query
            )
    compression.init_compression(app)  # of what looks at answers, the first one registered is the last one called
    errors.init_errors(app, act_as_stranger)
    security.init_security(app, settings)
    accounts.init_accounts(app)
    assets.init_assets(app)
    init_routes(app)
    startup.init_startup(app, settings)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops)  # type: ignore[method-assign]
    return app
