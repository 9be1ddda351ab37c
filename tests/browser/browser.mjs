// A real browser, as the tests drive it: one process, and for each visitor a
// context of their own, whose console, content policy and width are watched.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { require, withBrowser } from "../../tools/chromium.mjs";

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** What WCAG 2.2 AA asks, in axe's words. */
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

export const WIDTHS = [1280, 320];
export const SITE = process.env.SITE;
const MAILS = process.env.MAILS;

const failures = [];

export function expect(isGood, what) {
  if (!isGood) failures.push(what);
}

export function equal(found, wanted, what) {
  const [one, other] = [found, wanted].map((value) => JSON.stringify(value));
  expect(one === other, `${what}: ${one} instead of ${other}`);
}

/** Runs `scenario` and ends the process: with 0 where everything was as expected. */
export async function run(scenario) {
  try {
    await withBrowser(scenario);
  } catch (failure) {
    failures.push(failure.stack);
  }
  failures.forEach((failure) => console.error(failure));
  process.exit(failures.length > 0 ? 1 : 0);
}

/** A page of a new visitor. Whatever its console says against it is a failure. */
export async function visit(browser, { width = 1280, scheme = "light", script = true, zone, languages } = {}) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.hasScript = script;
  page.title_ = `${width} px${scheme === "dark" ? ", dark" : ""}${script ? "" : ", without a script"}`;
  await page.setViewport({ width, height: 800, isMobile: width < 600, hasTouch: width < 600 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  if (zone) await page.emulateTimezone(zone);
  if (languages) await page.setExtraHTTPHeaders({ "accept-language": languages });
  await page.setJavaScriptEnabled(script);
  const tell = (what) => failures.push(`${page.title_}, ${page.url()}: ${what}`);
  page.on("console", (said) => {
    // That a page answers 403 or 422 with a form is no mistake of the page.
    const isStatus = /status of 4\d\d/.test(said.text()) && page.isExpectingRefusal;
    if (["error", "warn", "warning"].includes(said.type()) && !isStatus) tell(`the console: ${said.text()}`);
  });
  page.on("pageerror", (failure) => tell(`the script: ${failure}`));
  page.on("requestfailed", (request) => tell(`${request.url()} failed: ${request.failure()?.errorText}`));
  page.on("request", (request) => {
    if (!/^data:/.test(request.url()) && !request.url().startsWith(SITE)) tell(`it asks for ${request.url()}`);
  });
  return page;
}

/** Goes to a path of the site. */
export async function open(page, path) {
  const answer = await page.goto(path.startsWith("http") ? path : SITE + path, { waitUntil: "load" });
  await fits(page);
  return answer;
}

/** Does what leads to another page, and waits for that. */
export async function leads(page, act) {
  await Promise.all([page.waitForNavigation({ waitUntil: "load" }), act()]);
  await fits(page);
}

/** Clicks what is there: in a page without scripts nothing may be waited for. */
export async function click(page, selector) {
  const found = await page.$(selector);
  if (!found) throw new Error(`${page.url()} has no ${selector}`);
  await found.click();
}

export const press = (page, selector) => leads(page, () => click(page, selector));

/** Nothing scrolls sideways (WCAG 1.4.10). */
async function fits(page) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(over <= 0, `${page.title_}, ${page.url()}: scrolls sideways by ${over} px`);
}

/** Lets somebody of the office in, who may do everything. */
export async function logIn(page) {
  await open(page, "/office/login");
  await page.type("#token", process.env.OFFICE_TOKEN);
  await press(page, "main form button");
  expect(page.url() === `${SITE}/office`, `logged in: ${page.url()}`);
}

export const text = (page, selector) => page.$eval(selector, (element) => element.textContent.trim().replace(/\s+/g, " "));
export const texts = (page, selector) =>
  page.$$eval(selector, (all) => all.map((element) => element.textContent.trim().replace(/\s+/g, " ")));

/**
 * What axe finds. It is put in from outside, so that the page's own policy stays; into
 * frames that may do nothing it cannot be put.
 */
export async function judge(page) {
  // It is a script itself, and waits for others.
  if (!page.hasScript) return;
  await page.evaluate(AXE);
  const found = await page.evaluate((tags) => axe.run(document, { runOnly: tags, iframes: false }), WCAG);
  for (const { id, help, nodes } of found.violations) {
    const places = nodes.map((node) => node.target.join(" ")).join("; ");
    failures.push(`${page.title_}, ${page.url()}: ${id}: ${help}: ${places}`);
  }
  expect(found.passes.length > 10, `${page.url()}: axe looked at ${found.passes.length} things`);
}

/** The newest mail to `address` that has a link beginning with `path`; that link. */
export async function linkOfMail(address, path) {
  for (let tries = 0; tries < 200; tries++) {
    for (const name of readdirSync(MAILS).sort().reverse()) {
      const mail = readFileSync(join(MAILS, name), "utf8").replace(/=\r?\n/g, "").replace(/=3D/g, "=");
      const link = new RegExp(`${SITE}(${path}[a-z0-9]+)`).exec(mail);
      if (mail.includes(`To: ${address}`) && link) return link[1];
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no mail to ${address} has a link to ${path}`);
}
