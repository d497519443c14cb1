// <details data-module="fold" open>: folded on phones, where it would push everything else down.
// data-fold="always": folded on every screen; open where there is no script, which would offer something better.
export function start(details) {
  if (details.dataset.fold === "always" || matchMedia("(max-width: 900px)").matches) details.open = false;
}
