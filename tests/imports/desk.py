"""A manager at the page of imports, as a browser and its script would do it."""

import io
import re

from sqlalchemy import select

from participation.database import db
from participation.imports.models import ImportRun


class Desk:
    """A manager at the page."""

    def __init__(self, app, client):
        self.app, self.client = app, client

    def upload(self, data, name="table.csv", **fields):
        content = data.encode() if isinstance(data, str) else data
        fields = {"file": (io.BytesIO(content), name), **fields}
        return self.client.send("/en/manage/churchyard/import", fields, content_type="multipart/form-data")

    def upload_large(self, data):
        """As `upload`; werkzeug's client would leave a temporary file open."""
        page = self.client.get("/sign-in").get_data(as_text=True)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
        part = '--x\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
        body = part.format("csrf_token", token) + part.format('file"; filename="large.csv', data) + "--x--\r\n"
        content_type = "multipart/form-data; boundary=x"
        return self.client.post("/en/manage/churchyard/import", data=body.encode(), content_type=content_type)

    def run(self):
        with self.app.app_context():
            return db.session.scalars(select(ImportRun).order_by(ImportRun.id.desc()).limit(1)).one()

    def path(self, more=""):
        return f"/en/manage/churchyard/import/{self.run().id}{more}"

    def fields(self):
        """The form as the page shows it, as a browser would send it."""
        page = self.client.get(self.path()).get_data(as_text=True)
        values = dict.fromkeys(re.findall(r'<select[^>]* name="([^"]+)"', page), "")
        for select_, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
            found = re.search(r'<option selected value="([^"]*)"', options)
            values[select_] = found[1] if found else ""
        values["epsg"] = re.search(r'name="epsg"[^>]*value="([^"]*)"', page)[1]
        return values | {"origin": "paper", "state": "published"}

    def check(self, **changes):
        answer = self.client.send(self.path(), self.fields() | {"check": "1"} | changes)
        if answer.status_code == 303:
            self.go_on()
        return answer

    def go_on(self):
        """Press “Go on” until all is done, as the script does."""
        while True:
            answer = self.client.send(self.path("/go"), headers={"Accept": "application/json"})
            assert answer.status_code == 200, answer.get_data(as_text=True)
            if answer.json["done"] >= answer.json["total"]:
                return

    def act(self, name):
        return self.client.send(self.path("/act"), {"act": name})

    def text(self, more=""):
        return self.client.get(self.path(more)).get_data(as_text=True)
