// From the form to the last link: asking, confirming from the mail, changing what is
// heard, and leaving.

import { SITE, WIDTHS, click, equal, expect, leads, linkOfMail, open, press, run, text, visit } from "./browser.mjs";

const ticked = (page) => page.$$eval("input[name=api]:checked", (all) => all.map((box) => box.value));

async function journey(browser, visitor) {
  const address = `reader-${visitor.width}-${visitor.script ? "script" : "plain"}@integrator.example`;
  const page = await visit(browser, visitor);
  // From where somebody reads of an API to the form, with it chosen.
  await open(page, "/apis/usps-web-tools/Verify");
  await press(page, "header nav a[href^='/subscribe']");
  equal(await ticked(page), ["Verify"], "what was looked at is chosen");
  await page.type("#address", address);
  await click(page, "input[name=environment][value=prod]");
  await press(page, "form.ask button");
  equal(await text(page, "h1"), "Look into your mailbox", address);

  await open(page, await linkOfMail(address, "/confirm/"));
  equal(await text(page, "h1"), "Confirm what you asked for", address);
  await press(page, "button[value=confirm]");
  equal(await text(page, "h1"), "You are subscribed", address);

  await press(page, "main a[href^='/preferences/']");
  expect((await text(page, ".lead")).includes(address), "whose preferences they are");
  equal(await ticked(page), ["Verify"], "what is heard");
  await click(page, "input[name=api][value=EDDMR]");
  await press(page, "button[value=hearing]");
  equal(await text(page, ".message[role=status]"), "Saved.", address);
  equal((await ticked(page)).sort(), ["EDDMR", "Verify"], "what is heard now");

  await page.select("#frequency", "weekly");
  await page.type("#zone", "Europe/Pariss");
  page.isExpectingRefusal = true;
  await press(page, "button[value=details]");
  expect((await text(page, "#zone-error")).includes("Europe/Paris"), "a mistake stands at its field");
  page.isExpectingRefusal = false;
  await page.$eval("#zone", (field) => field.value = "");
  await page.type("#zone", "Europe/Paris");
  await press(page, "button[value=details]");
  equal(await page.$eval("#frequency", (field) => field.value), "weekly", "how often");

  await press(page, "button[value=leave]");
  expect((await text(page, "main")).includes("You left: no mail comes about"), "they left");
  await press(page, "button[value=return]");
  equal((await ticked(page)).sort(), ["EDDMR", "Verify"], "what they hear is kept");
  await click(page, "#sure");
  await press(page, "button[value=erase]");
  equal(await text(page, "h1"), "You are erased", address);
}

/** A form that stood open too long is shown again. */
async function staleForm(browser) {
  const page = await visit(browser);
  await open(page, "/subscribe?program=usps-web-tools");
  await page.type("#address", "late@integrator.example");
  await page.$eval("input[name=csrf_token]", (field) => field.value = "old");
  page.isExpectingRefusal = true;
  await press(page, "form.ask button");
  expect((await text(page, "[role=alert]")).includes("Nothing was lost"), "it says so");
  equal(await page.$eval("#address", (field) => field.value), "late@integrator.example", "what was typed");
  page.isExpectingRefusal = false;
  await press(page, "form.ask button");
  equal(await text(page, "h1"), "Look into your mailbox", "the second time");
}

/** The whole way by keys alone, with the focus to be seen at every step. */
async function byKeyboard(browser) {
  const address = "keys@integrator.example";
  const page = await visit(browser);
  const at = () => page.evaluate(() => {
    const { id, name, value, tagName, href } = document.activeElement;
    return { id, name, value, tagName, href };
  });
  const tabTo = async (what, isThere) => {
    for (let presses = 0; presses < 120; presses++) {
      await page.keyboard.press("Tab");
      const look = await page.evaluate(() => {
        const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
        const box = document.activeElement.getBoundingClientRect();
        const isSeen = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
        return { hasOutline: outlineStyle !== "none" && outlineWidth !== "0px", isSeen };
      });
      const { tagName, id, name } = await at();
      expect(look.hasOutline && look.isSeen, `the focus is to be seen on ${tagName} ${id || name}: ${JSON.stringify(look)}`);
      if (isThere(await at())) return;
    }
    throw new Error(`no key leads to ${what}`);
  };
  const go = (key) => leads(page, () => page.keyboard.press(key));

  await open(page, "/");
  await page.keyboard.press("Tab");
  equal((await at()).href, `${SITE}/#main`, "the first way leads past the others");
  await page.keyboard.press("Enter");
  await tabTo("the filter", ({ id }) => id === "api");
  await page.keyboard.type("Verify");
  await go("Enter");
  expect(page.url().includes("api=Verify"), page.url());
  await tabTo("the form", ({ href }) => href?.includes("/subscribe"));
  await go("Enter");
  await tabTo("the program", ({ href }) => href?.includes("program=usps-web-tools"));
  await go("Enter");
  await tabTo("the address", ({ id }) => id === "address");
  await page.keyboard.type(address);
  await tabTo("an API", ({ name, value }) => name === "api" && value === "EDDMR");
  await page.keyboard.press("Space");
  await tabTo("the button", ({ tagName }) => tagName === "BUTTON");
  await go("Enter");
  equal(await text(page, "h1"), "Look into your mailbox", "by keys");
  await open(page, await linkOfMail(address, "/confirm/"));
  await tabTo("the button", ({ value }) => value === "confirm");
  await go("Space");
  await tabTo("the preferences", ({ href }) => href?.includes("/preferences/"));
  await go("Enter");
  expect((await ticked(page)).includes("EDDMR"), "what the keys chose");
  await tabTo("the way out", ({ value }) => value === "leave");
  await go("Space");
  expect((await text(page, "main")).includes("You left"), "they left");
}

await run(async (browser) => {
  await Promise.all(WIDTHS.flatMap((width) =>
    [true, false].map((script) => journey(browser, { width, script }))));
  await staleForm(browser);
  await byKeyboard(browser);
});
