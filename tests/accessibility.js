// Runs axe in the page, given [tags of rules or null for colours alone, approved]; returns [findings, newly approved].
// Judging colours is half of axe' work, and most texts of a page look like one that was judged before. So texts are known by
// what makes their contrast: a text that axe approved once is not judged again, on whichever page. All others are.
async ([tags, approved]) => {
  const known = new Set(approved);

  /** What decides about the contrast of an element's text. */
  function looks(element) {
    const { color, fontSize, fontWeight, textShadow } = getComputedStyle(element);
    const parts = [element.localName, color, fontSize, fontWeight, textShadow];
    let isCovered = false; // by an opaque background: what lies behind it does not count
    for (let one = element; one; one = one.parentElement) {
      const style = getComputedStyle(one);
      if (style.opacity !== "1" || style.filter !== "none") parts.push(style.opacity, style.filter);
      if (isCovered) continue;
      parts.push(style.backgroundColor, style.backgroundImage);
      isCovered = style.backgroundImage === "none" && style.backgroundColor.startsWith("rgb(");
      if (!isCovered && ["absolute", "fixed", "sticky"].includes(style.position)) parts.push(one.className);
    }
    return parts.join(" ");
  }

  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const isControl = (element) => element.matches("input, select, textarea");
  const isVisible = (element) => element.checkVisibility({ visibilityProperty: true }) && element.offsetWidth > 1;
  const texts = [...document.body.querySelectorAll(":not(script, style, option, svg, svg *)")].filter(
    (one) => (hasText(one) || isControl(one)) && isVisible(one),
  );
  const unknown = texts.map((one) => [one, looks(one)]).filter(([, look]) => !known.has(look));
  const results = [];
  if (tags) {
    const rules = { "color-contrast": { enabled: false } };
    results.push(await axe.run({ runOnly: { type: "tag", values: tags }, rules, resultTypes: ["violations"] }));
  }
  const passed = [];
  if (unknown.length) {
    const only = { type: "rule", values: ["color-contrast"] };
    const options = { runOnly: only, resultTypes: ["violations", "passes"], elementRef: true };
    const found = await axe.run({ include: unknown.map(([one]) => one) }, options);
    results.push(found);
    const good = new Set(found.passes.flatMap(({ nodes }) => nodes.map(({ element }) => element)));
    passed.push(...unknown.filter(([one]) => good.has(one)).map(([, look]) => look));
  }
  const findings = results.flatMap(({ violations }) =>
    violations.flatMap(({ id, impact, help, nodes }) =>
      nodes.map(({ target }) => `${id} (${impact}): ${help} – ${target.join(" ")}`),
    ),
  );
  return [findings, passed];
};
