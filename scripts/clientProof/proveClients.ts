/**
 * Buys two seats with each kind of client, one after the other, and checks the sale after each.
 * Run by `scripts/clients`, which brings what the clients need.
 */
import { mkdir } from "node:fs/promises";
import { parseArgs } from "node:util";
import { buyInBrowser, openShop } from "./browserBuyer.ts";
import { buyInPython } from "./pythonBuyer.ts";
import { openSale } from "./sale.ts";
import { buyInTypeScript } from "./typescriptBuyer.ts";
import { tryInViewer } from "./viewerVisitor.ts";

/** Time limit of all clients together. */
const PROOF_MS_MAX = 300_000;

const { values } = parseArgs({
  options: {
    typescript: { type: "boolean", default: false },
    "python-packages": { type: "string" },
    chromium: { type: "string" },
    pictures: { type: "string", default: "reports/clients" },
  },
});
const stopping = new AbortController();
for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => stopping.abort());
const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(PROOF_MS_MAX)]);

const { typescript, "python-packages": packages, chromium: program, pictures } = values;
await mkdir(pictures, { recursive: true });
let proved = 0;
const shop = await openShop();
const sale = await openSale(shop.origin);
try {
  const visit = { url: sale.url, signal, admit: sale.admit };
  if (typescript) await prove("TypeScript, @onsale/client", () => buyInTypeScript(visit));
  if (packages !== undefined) {
    await prove("Python, a generated client", () => buyInPython(packages, visit));
  }
  if (program !== undefined) {
    const place = { program, pictures };
    await prove("a page of another origin", () => buyInBrowser(shop, place, visit));
    await tryInViewer(place, signal);
    console.log(`${"/docs/try in trusted mode".padEnd(28)} joins the queue.`);
  }
  console.log(`${proved} clients went the whole way; every invariant holds.`);
} finally {
  await sale.close();
  await shop.close();
}

async function prove(name: string, buy: () => Promise<string>): Promise<void> {
  await sale.joinAhead();
  const output = await buy();
  await sale.expectReturned(output);
  const positions = [...output.matchAll(/^Position (\d+)$/gm)].map(([, position]) => position);
  const [bought] = /^Bought .*$/m.exec(output) ?? [];
  console.log(`${name.padEnd(28)} positions ${positions.join(" ")}. ${bought}, all returned.`);
  proved += 1;
}
