// Chromium for scripts and tests: started with an empty profile, asking nobody but the
// pages it is shown, and gone with its profile at the end.
//
// puppeteer-core comes from TOOLS or target/tools (tools/setup-web.sh), the browser from
// CHROMIUM or /usr/bin/chromium.

import { createRequire } from "node:module";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** Takes up what is installed there. */
export const require = createRequire(join(resolve(process.env.TOOLS ?? "target/tools"), "package.json"));
const puppeteer = require("puppeteer-core");

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

export async function withBrowser(use) {
  const profile = mkdtempSync(join(tmpdir(), "chromium-"));
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    userDataDir: profile,
    args: FLAGS,
  });
  try {
    return await use(browser);
  } finally {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  }
}
