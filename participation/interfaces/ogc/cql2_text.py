"""CQL2 text (OGC 21-065) to CQL2 JSON, for the classes that /ogc/conformance declares.

Our own parser: pygeofilter 0.4 binds OR as tightly as AND and knows neither '' nor BBOX (docs/adr/0020).
"""

import re
from typing import Any, NamedTuple

import shapely
from shapely.geometry import mapping

DEEPEST = 20
TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>'(?:[^'\\]|''|\\.)*')
    |"(?P<quoted>[^"]+)"
    |(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<word>[^\W\d][\w.]*)
    |(?P<sign><>|<=|>=|[-+=<>(),])
    )""",
    re.VERBOSE,
)
COMPARISONS = ("=", "<>", "<=", ">=", "<", ">")
GEOMETRIES = (
    *("POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON"),
    "GEOMETRYCOLLECTION",
)


class Cql2Error(ValueError):
    """A filter that is no CQL2, or more than is understood here; the text says where or what."""


class Token(NamedTuple):
    """A word of the filter. kind: text, quoted, number, word, sign, end."""

    kind: str
    text: str
    start: int

    def says(self, *words: str) -> bool:
        """Whether it is one of these keywords or signs."""
        return self.kind in ("word", "sign") and self.text.upper() in words


def parse_text(text: str) -> Any:
    """Return a filter as CQL2 JSON.

    Raises:
        Cql2Error: it is none.
    """
    parser = _Parser(text)
    found = parser.condition()
    parser.expect_end()
    return found


class _Parser:
    """Recursive descent; every level that brackets or NOT open is counted."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def advance(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def takes(self, *words: str) -> bool:
        if self.token.says(*words):
            self.at += 1
            return True
        return False

    def expect(self, word: str) -> Token:
        if not self.token.says(word):
            raise self.error()
        return self.advance()

    def expect_end(self) -> None:
        if self.token.kind != "end":
            raise self.error()

    def error(self) -> Cql2Error:
        return Cql2Error(self.text[self.token.start : self.token.start + 30] or "…")

    def condition(self) -> Any:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.error()
        parts = [self.term()]
        while self.takes("OR"):
            parts.append(self.term())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else {"op": "or", "args": parts}

    def term(self) -> Any:
        parts = [self.factor()]
        while self.takes("AND"):
            parts.append(self.factor())
        return parts[0] if len(parts) == 1 else {"op": "and", "args": parts}

    def factor(self) -> Any:
        is_negated = self.takes("NOT")
        found = self.primary()
        return _not(found) if is_negated else found

    def primary(self) -> Any:
        if self.takes("("):
            found = self.condition()
            self.expect(")")
            return found
        if self.token.says("S_INTERSECTS"):
            self.advance()
            self.expect("(")
            args = [self.spatial()]
            self.expect(",")
            args.append(self.spatial())
            self.expect(")")
            return {"op": "s_intersects", "args": args}
        left = self.scalar()
        if isinstance(left, bool) and not self.token.says(*COMPARISONS):
            return left
        return self.predicate(left)

    def predicate(self, left: Any) -> Any:
        if self.token.says(*COMPARISONS):
            return {"op": self.advance().text, "args": [left, self.scalar()]}
        if self.takes("IS"):
            is_negated = self.takes("NOT")
            self.expect("NULL")
            found: Any = {"op": "isNull", "args": [left]}
            return _not(found) if is_negated else found
        is_negated = self.takes("NOT")
        if self.takes("LIKE"):
            found = {"op": "like", "args": [left, self.scalar()]}
        elif self.takes("BETWEEN"):
            low = self.scalar()
            self.expect("AND")
            found = {"op": "between", "args": [left, low, self.scalar()]}
        elif self.takes("IN"):
            self.expect("(")
            values = [self.scalar()]
            while self.takes(","):
                values.append(self.scalar())
            self.expect(")")
            found = {"op": "in", "args": [left, values]}
        else:
            raise self.error()
        return _not(found) if is_negated else found

    def scalar(self) -> Any:
        token = self.token
        if token.says("-", "+") or token.kind == "number":
            return self.number()
        if token.kind == "text":
            return _unquoted(self.advance().text)
        if token.says("TIMESTAMP", "DATE") and self.tokens[self.at + 1].says("("):
            return self.time()
        if token.says("TRUE", "FALSE"):
            return self.advance().says("TRUE")
        return self.property()

    def property(self) -> dict[str, str]:
        if self.token.kind not in ("word", "quoted") or self.token.says("AND", "OR", "NOT"):
            raise self.error()
        return {"property": self.advance().text}

    def number(self) -> float | int:
        sign = -1 if self.takes("-") else 1
        if sign == 1:
            self.takes("+")
        if self.token.kind != "number":
            raise self.error()
        text = self.advance().text
        return sign * (int(text) if text.isdecimal() and len(text) < 16 else float(text))

    def time(self) -> dict[str, str]:
        name = self.advance().text.lower()
        self.expect("(")
        if self.token.kind != "text":
            raise self.error()
        text = _unquoted(self.advance().text)
        self.expect(")")
        return {name: text}

    def spatial(self) -> Any:
        if self.token.says("BBOX"):
            self.advance()
            self.expect("(")
            numbers = [self.number()]
            while self.takes(","):
                numbers.append(self.number())
            self.expect(")")
            return {"bbox": numbers}
        if self.token.says(*GEOMETRIES):
            return self.geometry()
        return self.property()

    def geometry(self) -> Any:
        """Take the words up to the bracket that closes the first one: well-known text."""
        start, open_brackets = self.token.start, 0
        while True:
            token = self.advance()
            open_brackets += token.says("(") - token.says(")")
            if token.kind == "end" or open_brackets < 0:
                raise Cql2Error(self.text[start : start + 30])
            if token.says(")") and not open_brackets:
                break
        words = self.text[start : token.start + 1]
        try:
            return mapping(shapely.from_wkt(words))
        except shapely.errors.ShapelyError:
            raise Cql2Error(words[:30]) from None


def _tokens(text: str) -> list[Token]:
    tokens = []
    at = 0
    while text[at:].strip():
        found = TOKEN.match(text, at)
        if not found or not found.lastgroup:
            raise Cql2Error(text[at : at + 30].strip())
        tokens.append(Token(found.lastgroup, found[found.lastgroup], found.start(found.lastgroup)))
        at = found.end()
    return [*tokens, Token("end", "", len(text))]


def _unquoted(text: str) -> str:
    r"""Return what stands between the quotation marks: '' and \' are one of them."""
    return re.sub(r"''|\\'", "'", text[1:-1])


def _not(condition: Any) -> dict[str, Any]:
    return {"op": "not", "args": [condition]}
