// Cards of the list and pins of the map belong together: pointer or focus on one lifts the other.
const CARD = ".ccard[data-id], .pcard[data-id]";

/** Tells heat(id, isHot) about cards; the result's heat(id, isHot) lifts a card. Cards may be exchanged by filters. */
export function linkCards(heat) {
  const listen = (type, isHot) =>
    document.addEventListener(type, ({ target, relatedTarget }) => {
      const card = target.closest?.(CARD);
      if (card && !card.contains(relatedTarget)) heat(Number(card.dataset.id), isHot);
    });
  listen("mouseover", true);
  listen("mouseout", false);
  listen("focusin", true);
  listen("focusout", false);
  return { heat: (id, isHot) => cardOf(id)?.classList.toggle("is-hot", isHot) };
}

/** Marks the card of the selected pin as the current one. */
export function markCurrent(card) {
  for (const other of document.querySelectorAll(".ccard[aria-current]")) other.removeAttribute("aria-current");
  card.setAttribute("aria-current", "true");
}

/** The card of a pin; null if the list does not have it, e.g. because it is on another page. */
export function cardOf(id) {
  return document.querySelector(`.ccard[data-id="${id}"], .pcard[data-id="${id}"]`);
}
