"""What the licences of contributions are called; files and interfaces keep the code, as data portals know it."""

from flask_babel import lazy_gettext

# Codes of DCAT-AP.de and SPDX, in small letters.
NAMES = {
    "dl-de/by-2-0": lazy_gettext("Data licence Germany – attribution – version 2.0"),
    "dl-de/zero-2-0": lazy_gettext("Data licence Germany – zero – version 2.0"),
    "cc-by-4.0": "Creative Commons BY 4.0",
    "cc-by-sa-4.0": "Creative Commons BY-SA 4.0",
    "cc0-1.0": "Creative Commons Zero 1.0",
}
ADDRESSES = {
    "dl-de/by-2-0": "https://www.govdata.de/dl-de/by-2-0",
    "dl-de/zero-2-0": "https://www.govdata.de/dl-de/zero-2-0",
    "cc-by-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "cc-by-sa-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "cc0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
}


def licence_address(code: str) -> str:
    """Return where the text of a licence stands; empty for a code that is not known."""
    return ADDRESSES.get(code.lower(), "")


def licence_name(code: str) -> str:
    """Return a licence's name for people; a code that is not known stands for itself."""
    return str(NAMES.get(code.lower(), code))
