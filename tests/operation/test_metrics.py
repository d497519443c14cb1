"""Figures for Prometheus, from several real processes."""

import json
import re
import urllib.error
import urllib.request

import pytest

from participation.config import read_settings
from participation.errors import NotPermitted
from participation.operation.metrics import require_reader
from participation.routes import PUBLIC_ENDPOINTS
from tests.operation.conftest import KEY, PROJECT
from tests.whole_app.test_serving import free_port, serving, wait_for_answer

TOKEN = "m" * 32


def test_two_processes_give_one_sum_to_whom_the_setting_allows(app, database_url, tmp_path):
    port = free_port()
    settings = {
        "DATABASE_URL": database_url,
        "PARTICIPATION_INSTANCE_PATH": str(tmp_path),
        "PARTICIPATION_SECRET_KEY": KEY,
        "PARTICIPATION_METRICS": "token",
        "PARTICIPATION_METRICS_TOKEN": TOKEN,
        "PORT": str(port),
    }
    address = f"http://127.0.0.1:{port}"

    def read(token):
        asked = urllib.request.Request(f"{address}/metrics", headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return answer.read().decode()

    with serving(settings, "--workers", "2", "--no-jobs"):
        wait_for_answer(f"{address}/healthz")
        for _ in range(12):  # a new connection each: the system spreads them over the processes
            wait_for_answer(f"{address}/privacy")
        with pytest.raises(urllib.error.HTTPError, match="403"):
            read("wrong" * 8)
        figures = read(TOKEN)
        again = read(TOKEN)
    for text in (figures, again):
        assert 'mitreden_requests_total{method="GET",route="pages.privacy",status="200"} 12.0' in text
        assert 'mitreden_request_seconds_count{route="pages.privacy"} 12.0' in text
    assert "mitreden_database_up 1.0" in figures
    assert 'mitreden_jobs{state="failed"} 0.0' in figures
    assert re.search(r"mitreden_disk_free_bytes [1-9]", figures)
    assert "privacy/" not in figures
    assert "127.0.0.1" not in figures


def test_without_the_setting_there_is_no_such_page(client):
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize("address, headers, is_allowed", [
    ("127.0.0.1", {}, True),
    ("::1", {}, True),
    ("203.0.113.7", {}, False),
    ("127.0.0.1", {"X-Forwarded-For": "203.0.113.7"}, False),
])  # fmt: skip
def test_local_means_this_machine_and_not_a_proxy_on_it(app, address, headers, is_allowed):
    settings = read_settings({"PARTICIPATION_SECRET_KEY": KEY, "PARTICIPATION_METRICS": "local"})
    with app.test_request_context("/metrics", environ_base={"REMOTE_ADDR": address}, headers=headers):
        if is_allowed:
            require_reader(settings)
        else:
            with pytest.raises(NotPermitted):
                require_reader(settings)


def test_the_dashboard_asks_only_for_figures_that_there_are():
    dashboard = json.loads((PROJECT / "deploy/grafana/mitreden.json").read_text())
    asked = {
        name
        for panel in dashboard["panels"]
        for target in panel["targets"]
        for name in re.findall(r"mitreden_[a-z_]+", target["expr"])
    }
    source = (PROJECT / "participation/operation/metrics.py").read_text()
    told = {f"mitreden_{name}" for name in re.findall(r'one\(\s*"([a-z_]+)"', source)}
    told |= {"mitreden_jobs", "mitreden_requests_total", "mitreden_request_seconds_bucket"}
    assert asked
    assert asked <= told
    routes = {rule for panel in dashboard["panels"] for rule in re.findall(r'route=\\?"([a-z_.]+)', json.dumps(panel))}
    assert routes <= PUBLIC_ENDPOINTS
