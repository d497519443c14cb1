"""Sending a file: not at all when the client has it, compressed when it likes, and given up when it has gone."""

import zlib
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Response, request, stream_with_context

from participation.database import end_reading
from participation.exports.editions import Edition
from participation.exports.formats import Format
from participation.exports.tables import Audience
from participation.languages import local
from participation.proceedings.permissions import PUBLIC_STATES

PIECE_BYTES = 64 * 1024
GZIP_LEVEL = 5
GZIP = 16 + zlib.MAX_WBITS  # with the header of a gzip file, in which zlib notes no time


def answer(edition: Edition, format_: Format) -> Response:
    """Answer a download: not at all when the client has it, else streamed; the body is made when it is read.

    Validators (RFC 9110, 8.8) tell the file and how it is encoded; the body of HEAD and 304 is never made.
    """
    response = Response(content_type=format_.media_type)
    # Asked for the length, Werkzeug would collect the whole file in memory first.
    response.automatically_set_content_length = False
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(edition, format_)}"'
    response.headers["Cache-Control"] = cache_control(edition)
    response.headers["Vary"] = "Accept-Encoding"
    is_zipped = request.accept_encodings["gzip"] > 0
    if is_zipped:
        response.headers["Content-Encoding"] = "gzip"
    last_modified = edition.last_modified()
    if last_modified:
        response.last_modified = last_modified
    response.set_etag(edition.etag(request.full_path) + ("-gzip" if is_zipped else ""))
    response.make_conditional(request)
    if response.status_code == HTTPStatus.OK and request.method == "GET":
        chunks = format_.chunks(edition) if format_.chunks else _whole(edition, format_)
        response.response = stream_with_context(closing(zipped(chunks) if is_zipped else chunks))
    return response


def cache_control(edition: Edition) -> str:
    """Say who may keep the file; whoever does asks each time whether it is still good."""
    is_open = edition.audience is Audience.PUBLIC and edition.proceeding.state in PUBLIC_STATES
    return "public, no-cache" if is_open else "private, no-cache"


def file_name(edition: Edition, format_: Format) -> str:
    """Return a name that tells what is in the file and as of which day: the same as long as the data are the same."""
    kind = edition.table.name if edition.audience is Audience.PUBLIC else f"{edition.table.name}-planning"
    day = local(edition.last_change()[0]).date().isoformat()
    return f"{edition.proceeding.slug}-{kind}-{day}.{format_.suffix}"


def zipped(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Compress on the way (RFC 1952): the same bytes for the same file."""
    packer = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, GZIP)
    for chunk in chunks:
        packed = packer.compress(chunk)
        if packed:
            yield packed
    yield packer.flush()


def pieces(path: Path) -> Iterator[bytes]:
    """Yield a file, some of it at a time."""
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def _whole(edition: Edition, format_: Format) -> Iterator[bytes]:
    """Make a file that cannot be written in order, send it, and leave nothing behind."""
    if format_.write is None:
        raise TypeError(f"{format_.suffix} cannot be written")
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"file.{format_.suffix}"
        format_.write(edition, path, lambda _count: None)
        yield from pieces(path)


def closing(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """End the reading transaction when the last chunk is sent, or the client has gone."""
    try:
        yield from chunks
    finally:
        end_reading()
