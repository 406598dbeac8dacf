import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { networkInterfaces, tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** A page that buys a ticket, and then posts what it has seen. */
const PAGE = `<!doctype html><title>Onsale</title>
<script type="importmap">{"imports":{
  "@onsale/client": "/modules/@onsale/client/dist/index.js",
  "eventsource-parser": "/modules/eventsource-parser/dist/index.js"
}}</script>
<script type="module">
const seen = [];
async function buy() {
  const { createClient } = await import("@onsale/client");
  const user = await createClient({ baseUrl: "" }).call("createUser", { body: { name: "Ada" } });
  const onsale = createClient({ baseUrl: "", accessToken: user.accessToken });
  const visit = await onsale.joinQueue();
  await visit.admission({ onPlace: ({ status }) => seen.push(status) });
  const [concert] = (await onsale.concerts()).concerts;
  const [date] = (await visit.dates(concert.id)).concerts;
  const { seats } = await visit.seats(date.concertOptionId);
  const hold = await visit.hold([seats[0].seatId]);
  await onsale.chargePoints(hold.amount);
  seen.push((await visit.pay(hold.reservationId)).status);
}
await buy().catch((error) => seen.push(String(error)));
await fetch("/seen", { method: "POST", body: seen.join(" ") });
</script>`;

/** A browser on a busy machine can need a minute to start. */
const PAGE_MS_MAX = 120_000;
const PROGRAMS = ["chromium", "chromium-browser", "google-chrome"];

/** Finds Chromium on this machine. */
export function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return PROGRAMS.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
}

/**
 * Opens a page in Chromium that buys a ticket with the client of the project: on this machine's
 * name, and on an address without TLS, where pages have fewer functions of cryptography.
 * @param modules the folder node_modules of the project
 */
export async function buyInBrowser(chromium: string, modules: string, apiUrl: string) {
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal)?.address;
  for (const host of ["127.0.0.1", ...(outside === undefined ? [] : [outside])]) {
    const seen = await openPage(chromium, modules, { apiUrl, host });
    assert.match(seen, /^(WAITING )*ACTIVE CAPTURED$/, `the page at ${host} has seen: ${seen}`);
  }
}

async function openPage(
  chromium: string,
  modules: string,
  { apiUrl, host }: { readonly apiUrl: string; readonly host: string },
): Promise<string> {
  const seen = Promise.withResolvers<string>();
  const server = createServer((asked, answer) => {
    const { url = "/" } = asked;
    if (url === "/seen")
      void textOf(asked)
        .then(seen.resolve, seen.reject)
        .then(() => answer.end());
    else if (url === "/") answer.setHeader("content-type", "text/html").end(PAGE);
    else if (url.startsWith("/modules/")) sendModule(modules, url, answer);
    else pass(apiUrl, asked, answer);
  }).listen(0, host);
  await once(server, "listening");
  const address = server.address();
  assert(address !== null && typeof address === "object");
  const profile = mkdtempSync(join(tmpdir(), "onsale-chromium-"));
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"];
  const page = `http://${host}:${address.port}/`;
  const browser = spawn(chromium, [...flags, `--user-data-dir=${profile}`, page], {
    stdio: "ignore",
  });
  browser.on("error", seen.reject);
  const limit = setTimeout(
    () => seen.reject(new Error(`The page showed nothing within ${PAGE_MS_MAX} ms`)),
    PAGE_MS_MAX,
  );
  try {
    return await seen.promise;
  } finally {
    clearTimeout(limit);
    await endOf(browser);
    server.close();
    server.closeAllConnections();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function endOf(browser: ChildProcess): Promise<void> {
  if (browser.exitCode !== null || browser.pid === undefined) return;
  const ended = once(browser, "exit");
  browser.kill("SIGTERM");
  await ended;
}

async function textOf(asked: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of asked) text += String(chunk);
  return text;
}

function sendModule(modules: string, url: string, answer: ServerResponse): void {
  const file = join(modules, url.slice("/modules/".length));
  const isThere = file.startsWith(modules) && existsSync(file);
  if (!isThere) answer.writeHead(404).end();
  else answer.setHeader("content-type", "text/javascript").end(readFileSync(file));
}

/** Passes a request on to the API, so that the page and the API have one origin. */
function pass(apiUrl: string, asked: IncomingMessage, answer: ServerResponse): void {
  const { url = "", method, headers } = asked;
  const passed = request(new URL(url, apiUrl), { method, headers }, (given) => {
    answer.writeHead(given.statusCode ?? 502, given.headers);
    given.pipe(answer);
  });
  passed.on("error", () => answer.destroy());
  asked.pipe(passed);
}
