// <details data-module="fold" open>: folded on phones, where it would push everything else down.
export function start(details) {
  if (matchMedia("(max-width: 900px)").matches) details.open = false;
}
