// Starts what an element asks for with data-module="name other-name". Pages work without any of it.
import { start as startErrorSummary } from "./modules/error-summary.js";
import { start as startCounter } from "./modules/counter.js";
import { start as startDecision } from "./modules/decision.js";
import { start as startDialog } from "./modules/dialog.js";
import { start as startDraft } from "./modules/draft.js";
import { start as startFold } from "./modules/fold.js";
import { start as startMenu } from "./modules/menu.js";
import { start as startScrollToCurrent } from "./modules/scroll-to-current.js";
import { start as startSheet } from "./modules/sheet.js";
import { start as startTextBlock } from "./modules/text-block.js";
import { start as startTheme } from "./modules/theme-button.js";
import { start as startViewSwitch } from "./modules/view-switch.js";
import { start as startVote } from "./modules/vote.js";
import { guardForms } from "./forms.js";

const later = (load) => async (root) => (await load()).start(root);

const MODULES = {
  counter: startCounter,
  decision: startDecision,
  dialog: startDialog,
  draft: startDraft,
  "error-summary": startErrorSummary,
  fold: startFold,
  menu: startMenu,
  "scroll-to-current": startScrollToCurrent,
  sheet: startSheet,
  "text-block": startTextBlock,
  theme: startTheme,
  "view-switch": startViewSwitch,
  vote: startVote,
  ahead: later(() => import("./modules/ahead.js")),
  batch: later(() => import("./modules/batch.js")),
  "job-progress": later(() => import("./modules/job-progress.js")),
  "draw-map": later(() => import("./modules/draw-map.js")),
  "features-map": later(() => import("./modules/features-map.js")),
  "go-on": later(() => import("./modules/go-on.js")),
  filters: later(() => import("./modules/filters.js")),
  hold: later(() => import("./modules/hold.js")),
  keys: later(() => import("./modules/keys.js")),
  "list-place": later(() => import("./modules/list-place.js")),
  news: later(() => import("./modules/news.js")),
  "place-map": later(() => import("./modules/place-map.js")),
  "portal-map": later(() => import("./modules/portal-map.js")),
  "proceeding-map": later(() => import("./modules/proceeding-map.js")),
  redaction: later(() => import("./modules/redaction.js")),
  share: later(() => import("./modules/share.js")),
  ticks: later(() => import("./modules/ticks.js")),
};

/** A module that fails must not stop the others; a map says so and offers to try again. */
async function startModule(name, element) {
  try {
    await MODULES[name](element);
  } catch (error) {
    element.querySelector("[data-map-failed]")?.removeAttribute("hidden");
    reportError(error);
  }
}

export function startModules(root) {
  for (const element of root.querySelectorAll("[data-module]")) {
    for (const name of element.dataset.module.split(" ")) startModule(name, element);
  }
}

document.addEventListener("page:changed", ({ target }) => startModules(target));
guardForms();
startModules(document);
