import https from "node:https";

const [host, port, path, version] = process.argv.slice(2);
const options = { host, port, path, timeout: 20_000 };
if (version !== "any") {
  const newest = `TLSv${version === "1.0" ? "1" : version}`;
  Object.assign(options, { minVersion: "TLSv1", maxVersion: newest, ciphers: "DEFAULT:@SECLEVEL=0" });
}
const request = https.get(options, (answer) => {
  let body = "";
  answer.setEncoding("utf8");
  answer.on("data", (piece) => (body += piece));
  answer.on("end", () => console.log(answer.statusCode, body.slice(0, 4096)));
});
request.on("timeout", () => request.destroy(new Error("timed out")));
request.on("error", (failure) => {
  console.error(`${failure.code}: ${failure.message}`);
  process.exitCode = 1;
});
