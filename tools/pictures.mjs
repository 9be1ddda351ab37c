// Takes pictures of pages and mails: every source at 1280 and 320 px, light and
// dark, in full length.
//
//   node tools/pictures.mjs OUT SOURCE...
//
// A source is a URL or an HTML file, optionally with the name of its pictures
// before it: `notice=http://127.0.0.1:8080/notices/a/b`. Pictures are written to
// OUT/NAME-WIDTH-SCHEME.png. puppeteer-core comes from target/tools, the browser
// from CHROMIUM or /usr/bin/chromium.
//
// COOKIE, as NAME=VALUE, is sent to every URL: the office's pages are behind a login.
//
// With `--check`, axe-core looks at each of them too, and a picture that scrolls
// sideways is a failure.

import { createRequire } from "node:module";
import { mkdtempSync, mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(resolve("target/tools/package.json"));
const puppeteer = require("puppeteer-core");

const WIDTHS = [1280, 320];
const SCHEMES = ["light", "dark"];
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

const words = process.argv.slice(2);
const isChecking = words.includes("--check");
const [out, ...sources] = words.filter((word) => word !== "--check");
if (!out || sources.length === 0) {
  console.error("usage: node tools/pictures.mjs [--check] OUT [NAME=]URL-OR-FILE...");
  process.exit(2);
}

const [cookieName, cookieValue] = (process.env.COOKIE ?? "").split("=");
const cookie = cookieName && { name: cookieName, value: cookieValue };

function parse(source) {
  const named = /^([\w.-]+)=(.+)$/.exec(source);
  const where = named ? named[2] : source;
  const url = /^\w+:\/\//.test(where) ? where : pathToFileURL(resolve(where)).href;
  return { name: named ? named[1] : basename(where).replace(/\.\w+$/, ""), url };
}

// A frame that was never in view is not drawn.
async function bringIntoView(page, width) {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewport({ ...page.viewport(), width, height });
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
}

async function check(page, title, width) {
  await page.addScriptTag({ path: require.resolve("axe-core/axe.min.js") });
  const found = await page.evaluate(async (width) => {
    const wcag = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];
    const report = await axe.run(document, { runOnly: wcag });
    const overflow = document.documentElement.scrollWidth - width;
    const lines = report.violations.flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${id}: ${help}: ${node.target.join(" ")} ${node.any[0]?.message ?? ""}`));
    return overflow > 0 ? [...lines, `scrolls sideways by ${overflow} px`] : lines;
  }, width);
  for (const line of found) console.error(`${title}: ${line}`);
  return found.length;
}

const profile = mkdtempSync(join(tmpdir(), "pictures-"));
mkdirSync(out, { recursive: true });
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  userDataDir: profile,
  args: FLAGS,
});
let failures = 0;
try {
  for (const { name, url } of sources.map(parse)) {
    for (const width of WIDTHS) {
      for (const scheme of SCHEMES) {
        const page = await browser.newPage();
        await page.setBypassCSP(isChecking);
        await page.setViewport({ width, height: 800, deviceScaleFactor: width < 600 ? 2 : 1, isMobile: width < 600 });
        await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
        if (cookie && !url.startsWith("file:")) await page.setCookie({ ...cookie, url });
        await page.goto(url, { waitUntil: "load", timeout: 30_000 });
        if (page.frames().length > 1) await bringIntoView(page, width);
        const path = join(out, `${name}-${width}-${scheme}.png`);
        await page.screenshot({ path, fullPage: true });
        if (isChecking) failures += await check(page, `${name} ${width} ${scheme}`, width);
        await page.close();
      }
    }
  }
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}
process.exit(failures > 0 ? 1 : 0);
