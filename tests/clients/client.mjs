// Asks a test endpoint as a client on Node does, and prints what comes of it.
//
// client.mjs PORT SERVER_NAME ROOT MINIMUM MAXIMUM, where ROOT is `-` for a client that knows
// no root of ours, and versions are written as TLSv1.2.

import { readFileSync } from "node:fs";
import { request } from "node:https";

const [port, servername, root, minVersion, maxVersion] = process.argv.slice(2);
const asked = request({
    host: "127.0.0.1",
    port,
    servername,
    ca: root === "-" ? undefined : readFileSync(root),
    minVersion,
    maxVersion,
    ciphers: "DEFAULT:@SECLEVEL=0",
    agent: false,
    timeout: 20000,
});
asked.on("response", (answer) => {
    const parts = [];
    answer.on("data", (part) => parts.push(part));
    answer.on("end", () => console.log(answer.statusCode, Buffer.concat(parts).toString()));
});
asked.on("error", (failure) => {
    console.log(failure.code, failure.message);
    process.exitCode = 1;
});
asked.end();
