"""The one error of this subject: what is wrong with a file or a place, and what to do about it."""


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "collect this text, translate it later"
    """Mark a message for the catalogues; whoever shows it translates it."""
    return message


class GeodataError(ValueError):
    """A file, a geometry or a query word that cannot be taken.

    Attributes:
        code: short machine word, such as "self_intersection"; stable, for tests, logs and APIs.
        message: English msgid; its placeholders are in `parameters`, so that callers can translate it.
        parameters: values for the placeholders of `message`.
        position: `(lon, lat)` of the fault, for a mark on the map.
        path: where in the file the fault is, such as "features[3].geometry"; empty for the whole of it.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        position: tuple[float, float] | None = None,
        path: str = "",
        **parameters: object,
    ) -> None:
        super().__init__(message % parameters if parameters else message)
        self.code = code
        self.message = message
        self.parameters = parameters
        self.position = position
        self.path = path


def error_at(code: str, message: str, position: tuple[float, float], *, path: str = "") -> GeodataError:
    """Return an error whose message names a place by %(lon)s and %(lat)s; six decimals are a hand's breadth."""
    lon, lat = position
    return GeodataError(code, message, position=position, path=path, lon=round(lon, 6), lat=round(lat, 6))
