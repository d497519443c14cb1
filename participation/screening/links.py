"""Finding internet and e-mail addresses in texts."""

import re
from collections.abc import Iterator

from participation.screening.folding import folded, folded_places

# Endings under which a bare name counts as an address. Those that are also short German words (at, am, im, in, so, es)
# count only with a path behind them: people forget the space after a full stop.
ENDINGS = (
    "academy|africa|agency|app|art|audio|bayern|berlin|bet|bid|bio|biz|blog|br|business|buzz|bz|ca|casino|"
    "cat|cc|center|cf|ch|click|cloud|club|cn|co|cologne|com|community|company|cz|date|de|deals|dev|dk|"
    "download|earth|edu|email|energy|eu|events|expert|fi|finance|fm|fr|fun|ga|games|gg|gle|global|gmbh|"
    "gov|gq|gr|green|group|guru|hamburg|help|host|hu|id|info|ink|int|io|jobs|jp|koeln|kr|land|law|life|"
    "link|live|lol|ltd|lu|ly|market|media|men|mobi|money|name|net|network|news|nl|nrw|nu|one|onion|online|"
    "org|page|party|photo|photos|pics|pl|press|pro|promo|pt|pub|pw|quest|racing|radio|reisen|rent|review|"
    "rocks|ru|ruhr|saarland|sale|school|se|services|sex|shop|site|sk|social|solutions|space|sport|store|"
    "stream|studio|su|support|systems|team|tech|tips|today|tokyo|tools|top|trade|travel|tv|ua|uk|us|video|"
    "vip|wang|wiki|win|work|works|world|ws|wtf|xn--p1ai|xxx|xyz|yoga|zip|zone|рф|укр"
)
NAME = r"(?:[^\W_](?:[\w-]{0,62})\.){1,6}"
ADDRESS = re.compile(
    r"(?<![\w@.])(?:"
    r"[a-z][a-z0-9+.-]{1,15}://[^\s<>\"]{2,}"
    r"|mailto:[^\s<>\"]{3,}"
    r"|www\d?\.[^\s<>\"]{3,}"
    r"|(?:[\w.+-]{1,64}@)" + NAME + r"[^\W\d_]{2,24}"
    r"|" + NAME + r"(?:xn--[a-z0-9-]{1,59}|[^\W\d_]{2,24})(?::\d{1,5})?/[^\s<>\"]{1,}"
    r"|" + NAME + "(?:" + ENDINGS + r")(?![\w-]|\.\w)"
    r")"
)
IDEOGRAPHIC_STOP = "\u3002"  # as good as a dot in addresses (UTS 46, 2.3)
AFTER = ".,;:!?)]}»“”\"'…"


def addresses_in(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each internet and e-mail address, also without `www`; hidden characters do not hide it."""
    if not ADDRESS.search(folded(text).replace(IDEOGRAPHIC_STOP, ".")):
        return  # nearly all texts: places cost more than searching
    plain, places = folded_places(text)
    for found in ADDRESS.finditer(plain.replace(IDEOGRAPHIC_STOP, ".")):
        end = found.start() + len(found[0].rstrip(AFTER))
        yield places[found.start()], places[end]
