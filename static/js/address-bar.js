// The address of the page follows what scripts do. Links to the same page in other languages follow it.
export function pushAddress(url) {
  if (location.href !== url) history.pushState(null, "", url);
  followAddress();
}

export function replaceAddress(url) {
  history.replaceState(history.state, "", url);
  followAddress();
}

/** Needed by itself after "back", which changes the address without us. */
export function followAddress() {
  for (const link of document.querySelectorAll("a[hreflang]")) link.search = location.search;
}
