// Every page, public and behind a link, at both widths and in both schemes: axe finds
// nothing, nothing scrolls sideways, and the console says nothing.

import { WIDTHS, judge, linkOfMail, logIn, open, press, run, visit } from "./browser.mjs";

const PUBLIC = [
  "/", "/?on=2020-04-01&sort=api&program=usps-web-tools", "/?api=nothing", "/notices", "/notices/usps-web-tools",
  "/notices/usps-web-tools/tls-1.2?zone=Asia/Tokyo", "/notices/onepagecrm/tls-1.2",
  "/notices/constant-contact/tls-1.2?zone=nowhere", "/apis/usps-web-tools/Verify?on=2020-05-01",
  "/affected", "/affected?q=Verify%0Ahttps%3A%2F%2Fapp.onepagecrm.com%2F%0Aexample.org",
  "/search", "/search?q=pickup&lang=de", "/search?q=xyzzy", "/subscribe",
  "/subscribe?program=usps-web-tools&lang=fr", "/embed?program=usps-web-tools", "/problems/not-found",
];
const OFFICE = [
  "", "/notices", "/notices/usps-web-tools/tls-1.2", "/notices/usps-web-tools/tls-1.2/preview",
  "/notices/usps-web-tools/tls-1.2/approval?forecast=yes", "/dead", "/subscribers", "/subscribers/1", "/suppressions", "/proof", "/audit", "/tokens",
].map((page) => `/office${page}`);
const REFUSED = ["/nowhere", "/?on=soon", "/u/none"];

async function behindLinks(browser) {
  const page = await visit(browser);
  const ask = async (address) => {
    await open(page, "/subscribe?program=usps-web-tools&api=Verify");
    await page.type("#address", address);
    await press(page, "form.ask button");
    return linkOfMail(address, "/confirm/");
  };
  const waiting = await ask("waits@integrator.example");
  await open(page, await ask("hears@integrator.example"));
  await press(page, "button[value=confirm]");
  const preferences = await page.$eval("main a[href^='/preferences/']", (link) => link.getAttribute("href"));
  return [waiting, preferences];
}

await run(async (browser) => {
  const paths = ["/office/login", ...PUBLIC, ...(await behindLinks(browser))];
  const looks = WIDTHS.flatMap((width) => ["light", "dark"].map((scheme) => ({ width, scheme })));
  await Promise.all(looks.map(async (look) => {
    const page = await visit(browser, look);
    for (const path of paths) {
      await open(page, path);
      await judge(page);
    }
    await logIn(page);
    for (const path of OFFICE) {
      await open(page, path);
      await judge(page);
    }
    page.isExpectingRefusal = true;
    for (const path of REFUSED) {
      await open(page, path);
      await judge(page);
    }
  }));
});
