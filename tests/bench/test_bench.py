"""`make bench` judges by the figures it took, and its clients count what a real server answered."""

import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tools.bench import bars, load, report
from tools.bench.load import Request
from tools.bench.report import BEGIN, END

NAMES = {"sqlite": "SQLite"}


def figures(**changes):
    page = {"median": 5.0, "p99": 9.0, "rate": 310.0, "cpu": 3.0, "size": 5e4, "queries": 8, "milliseconds": 1.0}
    return {
        "at": "2026-11-25T03:00+00:00",
        "machine": "2 cores",
        "workers": 2,
        "clients": 32,
        "pages": dict.fromkeys(("list, newest", "detail", "map, whole city"), page | changes),
        "acts": {
            name: {"rate": rate, "cpu": 1.0, "crowd p99": 50.0, "acknowledged": 900, "written": 900}
            for name, rate in (("vote", 300.0), ("bare vote", 1_000.0), ("contribute", 400.0))
        },
    }


def verdicts(results):
    return {what: verdict for what, *_, verdict in bars.judged(results, NAMES)}


def test_bars_are_judged_by_the_largest_round_and_its_growth():
    rounds = {"10000": figures(), "100000": figures(median=18.0, p99=19.0)}
    for one in rounds.values():
        one["acts"]["vote"]["counters differ by"] = 0
    found = verdicts({"sqlite": rounds})
    assert found["list: requests/s, slowest"] == found["contributions/s"] == "met"
    assert found["votes beside a bare upsert"] == found["map: growth of the median"] == "missed"
    assert found["list: growth of p99"] == "missed"
    assert found["acknowledged but not there, or twice"] == "met"
    rounds["100000"]["acts"]["vote"]["written"] = 899
    assert verdicts({"sqlite": rounds})["acknowledged but not there, or twice"] == "missed"


def test_the_report_stands_between_its_marks_and_leaves_the_rest(tmp_path):
    (tmp_path / "performance").mkdir()
    page = tmp_path / "performance.md"
    page.write_text(f"# Before\n\n{BEGIN}\nold\n{END}\n\nAfter\n", encoding="utf-8")
    results = {"sqlite": {"10000": figures()}}
    results["sqlite"]["10000"]["acts"]["vote"]["counters differ by"] = 0
    for _ in range(2):
        report.write(results, tmp_path)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Before\n")
    assert text.endswith(f"{END}\n\nAfter\n")
    assert "old" not in text
    assert "| detail " in text
    assert "<svg" in (tmp_path / "performance/growth.svg").read_text(encoding="utf-8")


class Answers(BaseHTTPRequestHandler):
    """A server whose connections stay open: /known answers with a length, /chunked in two pieces."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(404 if self.path == "/nowhere" else 200)
        if self.path == "/chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"5\r\nhello\r\n3\r\nyou\r\n0\r\n\r\n")
        else:
            self.send_header("Content-Length", "8")
            self.end_headers()
            self.wfile.write(b"somebody")

    def log_message(self, *arguments):
        pass


def test_clients_count_right_answers_and_no_others():
    def script(_client):
        first = yield Request("/known", is_counted=False)
        assert first.body == b"somebody"
        second = yield Request("/chunked")
        assert second.body == b"helloyou"
        yield Request("/nowhere")
        yield Request("/known")

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        # In a thread of its own: browser tests leave an event loop running in this one.
        with ThreadPoolExecutor(1) as elsewhere:
            url = f"http://127.0.0.1:{server.server_port}"
            done = elsewhere.submit(load.run, url, script, clients=3, seconds=20).result()
        server.shutdown()
    assert len(done.times) == 6
    assert done.wrong == {404: 3}
    assert done.median <= done.p99
    assert done.mean_size == 8
