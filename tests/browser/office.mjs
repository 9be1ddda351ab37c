// The office at work: looking at a notice, approving and announcing it, a test, a
// hold, and the record of it all; on a wide and a narrow screen, one without scripts.

import {
  SITE, WIDTHS, equal, expect, judge, linkOfMail, logIn, open, press, run, text, texts, visit,
} from "./browser.mjs";

const NOTICES = { 1280: "usps-web-tools/tls-1.2", 320: "onepagecrm/tls-1.2" };

async function subscribed(browser, program, address) {
  const page = await visit(browser);
  await open(page, `/subscribe?program=${program}`);
  await page.type("#address", address);
  await press(page, "form.ask button");
  await open(page, await linkOfMail(address, "/confirm/"));
  await press(page, "button[value=confirm]");
  equal(await text(page, "h1"), "You are subscribed", address);
}

/** Loads a page again until it says what is waited for. */
async function says(page, path, words) {
  for (let tries = 0; tries < 100; tries++) {
    await open(page, path);
    if ((await text(page, "main")).includes(words)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${path} never says ${words}: ${await text(page, "main")}`);
}

async function announced(page, notice, address) {
  const here = `/office/notices/${notice}`;
  await open(page, "/office/notices");
  await press(page, `main a[href='${here}']`);
  await press(page, `main a[href='${here}/approval']`);
  await press(page, "button[name=forecast]");
  expect((await text(page, "main")).includes("1 recipient"), "whom it would reach");
  await judge(page);
  await press(page, "button[value=approve]");
  expect((await text(page, ".message[role=status]")).startsWith("Approved by tester"), "it is approved");
  await page.type("#canary", "none");
  page.isExpectingRefusal = true;
  await press(page, "button[value=announce]");
  expect((await text(page, "[role=alert]")).includes("a number from 1"), "a mistake is said");
  page.isExpectingRefusal = false;
  await page.$eval("#canary", (field) => field.value = "");
  await press(page, "button[value=announce]");
  expect((await text(page, ".is-confirm")).includes("would reach 1 recipient."), "it asks once more");
  await judge(page);
  await press(page, "button[value=confirm]");
  equal(page.url(), SITE + here, "back at the notice");
  await linkOfMail(address, "/u/");
  await says(page, here, "1 message was made");
  await judge(page);
}

async function tested(page, notice, width) {
  const here = `/office/notices/${notice}`;
  const me = `tester-${width}@office.example`;
  await open(page, here);
  await page.type("#address", me);
  await press(page, "button[value=test]");
  await says(page, here, "a test");
  await judge(page);
}

async function heldAndReleased(page, notice) {
  const here = `/office/notices/${notice}`;
  await open(page, here);
  await page.type("#reason", "a date is wrong");
  await press(page, "button[value=hold]");
  expect((await text(page, "main")).includes("a date is wrong"), "the hold is shown with its reason");
  await open(page, "/office");
  expect((await text(page, "main")).includes("a date is wrong"), "on the overview, too");
  await open(page, here);
  await press(page, "button[value=release]");
  expect(!(await text(page, "main")).includes("is held by"), "it is released");
}

async function journey(browser, width) {
  const notice = NOTICES[width];
  const address = `reader-of-${width}@integrator.example`;
  await subscribed(browser, notice.split("/")[0], address);
  const page = await visit(browser, { width, script: width > 600 });
  await logIn(page);
  await announced(page, notice, address);
  await tested(page, notice, width);
  await heldAndReleased(page, notice);
  await open(page, "/office/audit");
  const deeds = (await texts(page, ".record tbody tr")).filter((deed) => deed.includes(notice));
  for (const deed of ["approved", "asked to announce", "asked for a test", "held", "released"]) {
    expect(deeds.some((said) => said.includes(deed)), `the record says ${deed}: ${deeds}`);
  }
  await open(page, "/office/drift");
  expect((await text(page, "main")).includes("Nothing is watched"), "how to have environments watched");
  await judge(page);
  await open(page, `/office/proof?notice=${notice}`);
  expect((await text(page, "main")).includes(address), "who was told");
  await press(page, "form.who button");
  await open(page, "/office");
  expect(page.url().startsWith(`${SITE}/office/login`), `logged out: ${page.url()}`);
}

await run(async (browser) => {
  await Promise.all(WIDTHS.map((width) => journey(browser, width)));
});
