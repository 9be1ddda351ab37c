// Lets lighthouse judge pages: accessibility, best practices and what search engines
// want, of each at least 95.
//
//   node tools/lighthouse.mjs URL...
//
// lighthouse comes from target/tools. A page for no search engine is not judged by what they want.

import { pathToFileURL } from "node:url";
import { require, withBrowser } from "./chromium.mjs";

const { default: lighthouse } = await import(pathToFileURL(require.resolve("lighthouse")).href);

const CATEGORIES = ["accessibility", "best-practices", "seo"];
const ENOUGH = 95;
let failures = 0;
await withBrowser(async (browser) => {
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
});
process.exit(failures > 0 ? 1 : 0);
