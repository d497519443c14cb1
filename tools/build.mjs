// Bundle static/js/main.js and static/css/main.css into static/dist/. Names carry a hash of the content, so browsers may
// keep them for ever; manifest.json tells the application which name is current.
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build, formatMessages } from "esbuild";
import { kernParts, ourSources } from "./kern-parts.mjs";

const PROJECT = fileURLToPath(new URL("..", import.meta.url));
const MODULES = ["static/js/main.js", "static/css/main.css"];
// Runs before the page is drawn, so it cannot be a module.
const CLASSIC = ["static/js/theme.js"];
const FONTS = path.join(PROJECT, ".cache/fonts");
const DIST = path.join(PROJECT, "static/dist");
const FRESH = path.join(PROJECT, ".cache/dist");
const KEPT_MS = 24 * 60 * 60 * 1000;

/** Ends the build with one line for whoever started it. */
function fail(line) {
  console.error(`Build failed: ${line}`);
  process.exit(1);
}

/** Fira Sans comes from KERN; the style sheet gets the subset instead (tools/subset_fonts.py), wherever it points. */
const subsetFonts = {
  name: "subset-fonts",
  setup({ onResolve }) {
    onResolve({ filter: /\.woff2?$/ }, ({ path: address }) => {
      const file = path.join(FONTS, path.basename(address));
      if (existsSync(file)) return { path: file };
      return { errors: [{ text: `${path.basename(address)} is not among the fonts of tools/subset_fonts.py` }] };
    });
  },
};

const onlyOurKern = {
  name: "only-our-kern",
  setup({ onLoad }) {
    onLoad(
      { filter: /@kern-ux[\\/]native[\\/]dist[\\/]kern(-grid|-utilities)?(\.min)?\.css$/ },
      async ({ path: file }) => ({
        contents: kernParts(await readFile(file, "utf8"), await ourSources(PROJECT)),
        loader: "css",
      }),
    );
  },
};

const SETTINGS = {
  absWorkingDir: PROJECT,
  outdir: FRESH,
  entryNames: "[name]-[hash]",
  chunkNames: "chunks/[name]-[hash]",
  assetNames: "assets/[name]-[hash]",
  bundle: true,
  minify: true,
  sourcemap: "linked",
  legalComments: "linked",
  metafile: true,
  target: ["chrome115", "firefox115", "safari16.4"],
  loader: { ".woff2": "file", ".svg": "file", ".png": "file" },
  plugins: [subsetFonts, onlyOurKern],
  logLevel: "silent",
};

/** Logical name → file name: "main.js", "main.css", "map/map.js" (a chunk loaded later), "FiraSans-Regular.woff2". */
function manifestOf(outputs) {
  const manifest = {};
  for (const [output, { entryPoint, inputs }] of Object.entries(outputs)) {
    const file = path.relative(FRESH, path.resolve(PROJECT, output)).split(path.sep).join("/");
    const source = entryPoint ?? (/\.(woff2|svg|png)$/.test(file) ? Object.keys(inputs)[0] : undefined);
    if (source?.startsWith("static/")) manifest[source.split("/").slice(2).join("/")] = file;
    else if (source?.endsWith(".woff2")) manifest[path.basename(source)] = file;
  }
  return Object.fromEntries(Object.entries(manifest).sort());
}

/** Puts the new files in place. Those of earlier builds stay a day for pages that are open and servers that run. */
async function publish(manifest) {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  const current = path.join(DIST, "manifest.json");
  await mkdir(DIST, { recursive: true });
  await cp(FRESH, DIST, { recursive: true });
  await writeFile(`${current}.new`, text);
  await rename(`${current}.new`, current);
  for (const name of await readdir(DIST, { recursive: true })) {
    const file = path.join(DIST, name);
    if (file === current || existsSync(path.join(FRESH, name))) continue;
    const found = await stat(file);
    if (found.isFile() && Date.now() - found.mtimeMs > KEPT_MS) await rm(file);
  }
}

const missing = [...MODULES, ...CLASSIC].filter((entry) => !existsSync(path.join(PROJECT, entry)));
if (missing.length) fail(`missing: ${missing.join(", ")}`);
await rm(FRESH, { recursive: true, force: true });
try {
  const modules = await build({ ...SETTINGS, entryPoints: MODULES, format: "esm", splitting: true });
  const classic = await build({ ...SETTINGS, entryPoints: CLASSIC, format: "iife" });
  const outputs = { ...modules.metafile.outputs, ...classic.metafile.outputs };
  await publish(manifestOf(outputs));
} catch (error) {
  if (!error.errors) throw error;
  const lines = await formatMessages(error.errors, { kind: "error", color: process.stderr.isTTY });
  console.error(lines.join("").trimEnd());
  fail(`${error.errors.length} error(s) in static/ (see above).`);
}
