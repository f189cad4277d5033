// Reads jobs as JSON from standard input, runs them in Node.js, many at once, and writes what went wrong with each.
import signalR from "@microsoft/signalr";
import msgpack from "@microsoft/signalr-protocol-msgpack";
import { text } from "node:stream/consumers";
import { visit } from "./visit.mjs";

const jobs = JSON.parse(await text(process.stdin));
const out = new Array(jobs.length);

// A client that fails may leave promises behind that nobody waits for, and throw where nobody catches it: what it was asked to do fails too.
process.on("unhandledRejection", () => {});
process.on("uncaughtException", () => {});

// worker takes jobs until none is left. All at once would keep single clients waiting for longer than the service allows.
let next = 0;
async function worker() {
  while (next < jobs.length) {
    const i = next++;
    out[i] = await visit(signalR, msgpack.MessagePackHubProtocol, jobs[i]);
  }
}
await Promise.all(Array.from({ length: 50 }, worker));
process.stdout.write(JSON.stringify(out), () => process.exit(0));
