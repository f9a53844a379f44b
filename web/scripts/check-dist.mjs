// Fails when a built page outgrows its budget, or names a host other than the one that serves it.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";

const KIB = 1024;
/** Script and style of a whole workspace, in gzip bytes. A new workspace needs a line here. */
const GZIP_BYTES_MAX = {
  account: 16 * KIB,
  dashboard: 120 * KIB,
  demo: 4 * KIB,
  docs: 40 * KIB,
  realtime: 3 * KIB,
  widget: 35 * KIB,
};
/** The widget's script on every page of every customer, with a site's public face in it. */
const LOADER_GZIP_BYTES_MAX = 3 * KIB;
/** What comes only when it is asked for: a place of the desk, another language. */
const LAZY_GZIP_BYTES_MAX = 60 * KIB;
const LOADER = "loader.js";
/** `import` and `export … from`, but not `import(…)`. */
const STATIC_IMPORT = /\b(?:import|from)\s*"(\.[^"]+\.js)"/g;
const PLACEHOLDER = '"__SITE__"';
const TAG = '<script async src="/widget/__SITE_KEY__.js"></script>';

/** Names in text and in XML vocabularies: they look like addresses, but nothing is fetched. */
const NEVER_FETCHED = ["www.w3.org", "example.com", "localhost", "svelte.dev"];

const root = new URL("..", import.meta.url).pathname;
const { workspaces } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const problems = [];

for (const workspace of workspaces) {
  const dist = join(root, workspace, "dist");
  if (!existsSync(dist)) {
    problems.push(`${workspace}/dist is missing: the build of this workspace wrote nothing.`);
    continue;
  }
  const files = readdirSync(dist, { recursive: true }).map(String);
  checkSize(workspace, dist, files);
  checkHosts(workspace, dist, files);
  if (files.includes(LOADER)) checkLoader(join(dist, LOADER));
  if (workspace === "demo") checkTag(join(dist, "index.html"));
}

for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

function checkSize(workspace, dist, files) {
  const most = GZIP_BYTES_MAX[workspace];
  if (most === undefined) {
    problems.push(`${workspace} has no budget: add one to web/scripts/check-dist.mjs.`);
    return;
  }
  let total = 0;
  const first = loadedFirst(dist, files);
  for (const file of files.filter((name) => /\.(js|css)$/.test(name))) {
    const bytes = gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;
    const isInitial = file !== LOADER && (first.size === 0 || first.has(basename(file)));
    console.log(`${workspace}: ${file} is ${kib(bytes)} in gzip${isInitial ? "" : ", apart"}`);
    if (isInitial) total += bytes;
    else if (bytes > LAZY_GZIP_BYTES_MAX) {
      problems.push(`${workspace}/dist/${file} is over ${kib(LAZY_GZIP_BYTES_MAX)}.`);
    }
  }
  console.log(`${workspace}: ${kib(total)} of ${kib(most)}`);
  if (total > most) {
    problems.push(`${workspace} is ${kib(total)}, over its budget of ${kib(most)}.`);
  }
}

/** The names of what the pages load at once: what they link to, and what that imports. */
function loadedFirst(dist, files) {
  const found = new Set();
  const follow = (text, pattern) => {
    for (const [, path] of text.matchAll(pattern)) {
      const name = basename(path);
      const file = files.find((known) => basename(known) === name);
      if (found.has(name) || !file) continue;
      found.add(name);
      if (name.endsWith(".js")) follow(readFileSync(join(dist, file), "utf8"), STATIC_IMPORT);
    }
  };
  for (const page of files.filter((name) => name.endsWith(".html"))) {
    follow(readFileSync(join(dist, page), "utf8"), /(?:src|href)="([^"]+\.(?:js|css))"/g);
  }
  return found;
}

function checkTag(path) {
  const page = readFileSync(path, "utf8");
  if (page.split("__SITE_KEY__").length !== 2 || !page.includes(TAG)) {
    problems.push(`demo/dist/index.html must hold ${TAG} once: the server replaces the key.`);
  }
}

function checkLoader(path) {
  const script = readFileSync(path, "utf8");
  if (script.split(PLACEHOLDER).length !== 2) {
    problems.push(`widget/dist/${LOADER} must hold ${PLACEHOLDER} once: the server replaces it.`);
  }
  const site = readFileSync(join(root, "scripts/sample-site.json"), "utf8");
  const face = JSON.stringify(JSON.parse(site));
  const bytes = gzipSync(
    script.replace(PLACEHOLDER, () => face),
    { level: 9 },
  ).length;
  console.log(`widget: ${LOADER} with a site of ${face.length} bytes is ${bytes} bytes in gzip`);
  if (bytes > LOADER_GZIP_BYTES_MAX) {
    problems.push(`widget/dist/${LOADER} is over its budget of ${LOADER_GZIP_BYTES_MAX} bytes.`);
  }
}

function checkHosts(workspace, dist, files) {
  for (const file of files.filter((name) => /\.(js|css|html|svg)$/.test(name))) {
    const text = readFileSync(join(dist, file), "utf8");
    for (const [, host] of text.matchAll(/https?:\/\/([a-z0-9.-]+)/gi)) {
      if (!NEVER_FETCHED.includes(host)) {
        problems.push(`${workspace}/dist/${file} names the host ${host}: pages must stay offline.`);
      }
    }
  }
}

function kib(bytes) {
  return `${(bytes / KIB).toFixed(1)} KiB`;
}
