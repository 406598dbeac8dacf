import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import type { Visit } from "./visit.ts";

const PAGE = new URL("../../docs/start/firstPage.html", import.meta.url);
/** A browser on a busy machine can need a minute to start. */
const PAGE_MS_MAX = 120_000;

/** A server of one static page, at an origin of its own. */
export interface Shop {
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves docs/start/firstPage.html. */
export async function openShop(): Promise<Shop> {
  const html = await readFile(PAGE);
  const server = createServer((asked, answer) => {
    if (asked.url === "/") answer.setHeader("content-type", "text/html").end(html);
    else answer.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The shop has no port");
  return {
    origin: `http://127.0.0.1:${address.port}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Where pages are opened, and where their pictures go. */
export interface BrowserPlace {
  /** The program Chromium. */
  readonly program: string;
  /** The folder of the screenshots. */
  readonly pictures: string;
}

/** Opens a page in Chromium without a window, works on it, and ends Chromium. */
export async function inBrowser<T>(
  program: string,
  signal: AbortSignal,
  work: (page: Page) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const browser = await chromium.launch({
    ...{ executablePath: program, args: ["--no-sandbox"], timeout: PAGE_MS_MAX },
    ...{ handleSIGINT: false, handleSIGTERM: false },
  });
  const close = (): void => void browser.close();
  signal.addEventListener("abort", close);
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(PAGE_MS_MAX);
    return await work(page);
  } finally {
    signal.removeEventListener("abort", close);
    await browser.close();
  }
}

/** Buys on the page of the shop. @returns the lines of the page */
export function buyInBrowser(shop: Shop, place: BrowserPlace, visit: Visit): Promise<string> {
  const { url, signal, admit } = visit;
  return inBrowser(place.program, signal, async (page) => {
    await page.goto(shop.origin);
    await page.getByLabel("API").fill(url);
    await page.getByRole("button", { name: "Buy" }).click();
    const steps = page.locator("#steps li");
    const ended = steps.filter({ hasText: /^Returned|^\w*Error/ });
    await steps.filter({ hasText: "Position" }).or(ended).first().waitFor();
    await admit();
    await ended.waitFor();
    await page.screenshot({ path: join(place.pictures, "shop.png") });
    return (await steps.allTextContents()).join("\n");
  });
}
