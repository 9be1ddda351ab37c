// The table: filtered, sorted, shared, searched, and read in another language.

import { SITE, WIDTHS, click, equal, expect, leads, open, press, run, text, texts, visit } from "./browser.mjs";

const rows = (page) => page.$$eval("table.impacted tbody tr", (rows) => rows.length);

async function filtersSortsAndShares(browser, visitor) {
  const page = await visit(browser, visitor);
  await open(page, "/?on=2020-05-01");
  const all = await rows(page);
  await page.select("#program", "usps-web-tools");
  await page.select("#environment", "prod");
  await press(page, "form.filters button");
  const some = await rows(page);
  expect(some > 0 && some < all, `${some} of ${all} rows`);
  const chips = await texts(page, ".chips li");
  expect(chips.some((chip) => chip.includes("PROD")), `chips: ${chips}`);

  // On a narrow screen headings are not shown, and the form sorts.
  if (visitor.width > 600) {
    await press(page, "thead th:nth-child(4) a");
  } else {
    if (!(await page.$("details.more[open]"))) await click(page, "details.more summary");
    await page.select("#sort", "api");
    await press(page, "form.filters button");
  }
  equal(await page.$$eval("th[aria-sort]", (all) => all.map((th) => [th.textContent, th.ariaSort])), [["APIs", "ascending"]], "sorted by");
  const wires = await page.$$eval("li.api a", (all) => all.map((link) => link.pathname.split("/")[3].toLowerCase()));
  equal(wires, [...wires].sort(), "the order of the rows");

  const other = await visit(browser, { ...visitor, script: true });
  await open(other, page.url());
  equal(await texts(other, "table.impacted"), await texts(page, "table.impacted"), "what is shared");
  equal(await other.$eval("#sort", (field) => field.value), "api", "the order that is shared");
  equal(await other.$eval("#environment", (field) => field.value), "prod", "the environment");

  const csv = await other.$eval("footer a[href^='/api/v1/impacted.csv']", (link) => link.getAttribute("href"));
  expect(csv.includes("environment=prod") && csv.includes("sort=api"), `the CSV is of the same: ${csv}`);
  await press(page, ".chips li a");
}

async function searches(browser, visitor) {
  const page = await visit(browser, visitor);
  await open(page, "/");
  await page.type("#find", "pickup");
  await leads(page, () => page.keyboard.press("Enter"));
  const marked = await texts(page, ".hits mark");
  expect(marked.some((word) => /pickup/i.test(word)), `marked: ${marked}`);
  await press(page, ".hits h2 a");
  expect(page.url().includes("/apis/") || page.url().includes("/notices/"), page.url());
}

async function speaks(browser) {
  const page = await visit(browser, { languages: "de-CH, en;q=0.5" });
  await open(page, "/");
  equal(await text(page, "h1"), "Betroffene APIs", "by preference");
  await press(page, "footer .languages a[lang=fr]");
  equal(await page.$eval("html", (html) => html.lang), "fr", "by link");
  await press(page, "header nav a:nth-child(3)");
  equal(await page.$eval("html", (html) => html.lang), "fr", "and further on");
}

/** By the address, which works without a script, and by the browser's own zone. */
async function tellsTheReadersTime(browser) {
  const notice = "/notices/usps-web-tools/tls-1.2";
  const asked = await visit(browser, { script: false });
  await open(asked, notice);
  equal(await texts(asked, "table.schedule .there"), [], "the office's clocks alone");
  await asked.type("#zone", "Europe/Paris");
  await press(asked, "form.zone button");
  equal((await texts(asked, "table.schedule .there"))[0], "from 06:00 CEST (UTC+02:00) in Europe/Paris", "by the address");

  for (const [zone, wanted] of [
    ["Europe/Paris", "from 06:00 (UTC+02:00) in Europe/Paris"],
    ["America/Los_Angeles", "from 29 March, 21:00 (UTC-07:00) in America/Los Angeles"],
    ["Asia/Kolkata", "from 09:30 (UTC+05:30) in Asia/"],
  ]) {
    const page = await visit(browser, { zone });
    await open(page, notice);
    const told = (await texts(page, "table.schedule .there"))[0] ?? "";
    expect(told.startsWith(wanted), `${zone}: ${told}`);
    equal(await texts(page, "table.schedule tbody tr:first-child time"), ["Monday 30 March 2020"], "the office's stays");
  }
  const there = await visit(browser, { zone: "America/New_York" });
  await open(there, notice);
  equal(await texts(there, "table.schedule .there"), [], "clocks that agree");
}

async function copiesSamples(browser) {
  const page = await visit(browser);
  await page.browserContext().overridePermissions(SITE, ["clipboard-read", "clipboard-sanitized-write"]);
  await open(page, "/notices/onepagecrm/tls-1.2");
  const samples = await texts(page, ".notice pre");
  expect(samples.length > 0, "the sample has samples");
  equal((await page.$$(".notice .copy")).length, samples.length, "buttons");
  await click(page, ".notice .copy");
  await page.waitForFunction(() => document.querySelector(".copy").textContent === "Copied");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  equal(copied.trim().replace(/\s+/g, " "), samples[0], "what was copied");
  const plain = await visit(browser, { script: false });
  await open(plain, "/notices/onepagecrm/tls-1.2");
  equal(await texts(plain, ".notice pre"), samples, "without a script");
}

await run(async (browser) => {
  await Promise.all(WIDTHS.flatMap((width) =>
    [true, false].map((script) => filtersSortsAndShares(browser, { width, script }))));
  await Promise.all(WIDTHS.map((width) => searches(browser, { width, script: width > 600 })));
  await speaks(browser);
  await tellsTheReadersTime(browser);
  await copiesSamples(browser);
});
