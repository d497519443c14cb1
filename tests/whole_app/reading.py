"""Reading numbers out of a page as a person would."""

import re


def category_counts(page: str) -> dict[str, int]:
    """Return the number shown on each category's filter chip, by category key."""
    chips = re.findall(r'name="category"\s+value="([^"]+)".*?class="ct"[^>]*>\s*([\d.]+)', page, re.DOTALL)
    return {key: int(number.replace(".", "")) for key, number in chips}
