// Reads jobs as JSON from standard input, runs them in Chromium, each on a page of its own origin, and writes what went wrong with each.
import puppeteer from "puppeteer-core";
import { text } from "node:stream/consumers";

const jobs = JSON.parse(await text(process.stdin));
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM,
  acceptInsecureCerts: true,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
  ],
});

// byPage runs the jobs of one page; a page is an app's origin.
async function byPage(origin, mine) {
  const page = await browser.newPage();
  await page.goto(origin, { waitUntil: "load" });
  return page.evaluate(async (list) => {
    const { visit } = await import("/visit.mjs");
    return Promise.all(list.map((job) => visit(globalThis.signalR, globalThis.signalR.protocols.msgpack.MessagePackHubProtocol, job)));
  }, mine);
}

const out = new Array(jobs.length);
const origins = [...new Set(jobs.map((job) => new URL(job.url).origin))];
await Promise.all(origins.map(async (origin) => {
  const at = jobs.flatMap((job, i) => (new URL(job.url).origin === origin ? [i] : []));
  const results = await byPage(origin, at.map((i) => jobs[i])).catch((error) => at.map(() => `the page failed: ${error.message}`));
  at.forEach((i, n) => { out[i] = results[n]; });
}));
await browser.close();
process.stdout.write(JSON.stringify(out), () => process.exit(0));
