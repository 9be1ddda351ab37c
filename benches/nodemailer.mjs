// Sends messages by nodemailer's pool and prints the seconds it took:
//
//   node benches/nodemailer.mjs PORT CONNECTIONS MESSAGES BYTES
import { createRequire } from "node:module";
import { join } from "node:path";

const target = process.env.CARGO_TARGET_DIR ?? join(import.meta.dirname, "../target");
const nodemailer = createRequire(join(target, "tools/"))("nodemailer");
const [port, maxConnections, messages, bytes] = process.argv.slice(2).map(Number);

const transport = nodemailer.createTransport({
  host: "127.0.0.1",
  port,
  pool: true,
  maxConnections,
  maxMessages: Infinity,
  ignoreTLS: true,
});
// What its own headers and the parts' take of the weight, roughly.
const HEADERS = 800;
const text = "A line of a message, as long as lines of mail are.\n";
const body = text.repeat(Math.max(1, Math.round((bytes - HEADERS) / 2 / text.length)));

const begun = performance.now();
// As many at a time as its pool takes gladly: it keeps the waiting in memory.
let next = 0;
async function lane() {
  while (next < messages) {
    const n = next++;
    await transport.sendMail({
      from: "notices@board.example",
      to: `person${n}@example.org`,
      subject: "Board API version 1 ends",
      text: `Hello Person ${n},\n${body}`,
      html: `<p>Hello Person ${n},</p>\n${body}`,
    });
  }
}
await Promise.all(Array.from({ length: maxConnections * 2 }, lane));
console.log((performance.now() - begun) / 1000);
transport.close();
