// Lets ajv judge JSON Feeds by the schema of version 1.1.
//
//   node tests/verifiers/check_feed.mjs FILE...
//
// What it imports, and the schema, come from target/tools.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const tools = resolve(process.env.CARGO_TARGET_DIR ?? "target", "tools");
const require = createRequire(join(tools, "package.json"));
const ajv = new (require("ajv"))({ allErrors: true, strict: false });
require("ajv-formats")(ajv);
const schema = join(tools, "node_modules/jsonfeed-schema/schema-v1.1.json");
const isFeed = ajv.compile(JSON.parse(readFileSync(schema, "utf8")));

const names = process.argv.slice(2);
if (names.length === 0) throw new Error("name the feeds to judge");
for (const name of names) {
  if (isFeed(JSON.parse(readFileSync(name, "utf8")))) continue;
  console.error(`${name}: ${ajv.errorsText(isFeed.errors)}`);
  process.exitCode = 1;
}
