"""The examples of docs/interfaces/api.md, run by a shell with curl against a real server."""

import json
import re
import subprocess

from participation.accounts.models import Role, Scope
from tests.conftest import PROJECT

PAGE = PROJECT / "docs/interfaces/api.md"
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"(?m)^(?=curl)")


def test_the_examples_of_the_documentation_do_what_it_says(
    live_server, make_proceeding, make_contribution, make_actor, make_token
):
    place = make_proceeding("matthaeikirchhof")
    make_contribution(place, title="Ein Baum")
    token = make_token(make_actor(place, Role.MANAGER), Scope.MODERATE, Scope.PLAN)
    answers = []
    for block in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        script = COMMAND.sub("echo; echo '==='; ", block)
        done = subprocess.run(
            ["sh", "-euc", script],
            env={"PATH": "/usr/bin:/bin", "SITE": live_server, "TOKEN": token},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        answers.append([part.strip() for part in done.stdout.split("===\n")[1:]])
    reading, sending, desks, refused = answers
    assert [list(json.loads(one)) for one in reading[:1]] == [["items"]]
    assert json.loads(reading[1])["slug"] == "matthaeikirchhof"
    assert [one["properties"]["title"] for one in json.loads(reading[2])["features"]] == ["Ein Baum"]
    assert json.loads(sending[0])["state"] == "submitted"
    assert [one["title"] for one in json.loads(desks[0])["items"]] == ["Mehr Linden"]
    assert "responded_at" in json.loads(desks[1])["features"][0]["properties"]
    assert desks[2].splitlines()[0].startswith("id,lon,lat")
    assert json.loads(refused[0]) | {"status": 422, "field": "limit"} == json.loads(refused[0])
