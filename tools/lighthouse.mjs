// Lets lighthouse judge pages: accessibility, best practices and what search engines
// want, of each at least 95.
//
//   node tools/lighthouse.mjs URL...
//
// lighthouse comes from target/tools, the browser from CHROMIUM or /usr/bin/chromium.
// A page for no search engine is not judged by what they want.

import { createRequire } from "node:module";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(resolve("target/tools/package.json"));
const puppeteer = require("puppeteer-core");
const { default: lighthouse } = await import(pathToFileURL(require.resolve("lighthouse")).href);

const CATEGORIES = ["accessibility", "best-practices", "seo"];
const ENOUGH = 95;
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

const profile = mkdtempSync(join(tmpdir(), "lighthouse-"));
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  userDataDir: profile,
  args: FLAGS,
});
let failures = 0;
try {
  const port = Number(new URL(browser.wsEndpoint()).port);
  for (const url of process.argv.slice(2)) {
    const { lhr } = await lighthouse(url, { port, onlyCategories: CATEGORIES, logLevel: "error" });
    const isHidden = lhr.audits["is-crawlable"]?.score === 0;
    const judged = Object.values(lhr.categories).filter(({ id }) => !(isHidden && id === "seo"));
    const scores = judged.map(({ id, score }) => `${id} ${Math.round(100 * score)}`);
    console.log(`${scores.join(", ")}${isHidden ? ", for no search engine" : ""}: ${url}`);
    if (lhr.runtimeError || judged.some(({ score }) => !(100 * score >= ENOUGH))) {
      failures += 1;
      const lacking = judged.flatMap(({ auditRefs }) => auditRefs.map(({ id }) => lhr.audits[id]))
        .filter((audit) => audit.score !== null && audit.score < 1);
      console.error(`${url}: ${lhr.runtimeError?.message ?? lacking.map((audit) => `${audit.id}: ${audit.title}`).join("; ")}`);
    }
  }
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}
process.exit(failures > 0 ? 1 : 0);
