"""The application, for `flask --app app` and WSGI servers."""

from participation import create_app

app = create_app()
