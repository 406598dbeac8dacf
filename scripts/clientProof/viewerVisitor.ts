import assert from "node:assert/strict";
import { join } from "node:path";
import { readConfig } from "@onsale/core";
import type { Page } from "playwright-core";
import { startServer } from "../../packages/api/src/index.ts";
import { type BrowserPlace, inBrowser } from "./browserBuyer.ts";

/** Joins the queue on the page /docs/try, as the user of a gateway. */
export async function tryInViewer(place: BrowserPlace, signal: AbortSignal): Promise<void> {
  const config = readConfig({
    ...{ STACK: "embedded", PORT: "0", LOG_LEVEL: "error", AUTH_MODE: "trusted" },
  });
  const { url, close } = await startServer(config);
  try {
    await inBrowser(place.program, signal, async (page) => {
      const mistakes: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error") mistakes.push(message.text());
      });
      page.on("request", (request) => {
        if (!request.url().startsWith(url)) mistakes.push(`A request to ${request.url()}`);
      });
      await page.goto(`${url}/docs/try`);
      await authorize(page, "17");
      const operation = page.locator("#operations-Queue-joinQueue");
      await operation.locator(".opblock-summary-control").click();
      await operation.getByRole("button", { name: "Execute" }).click();
      const answer = operation.locator(".live-responses-table");
      await answer.scrollIntoViewIfNeeded();
      await page.screenshot({ path: join(place.pictures, "try.png") });
      const shown = (await answer.locator("tr.response").textContent()) ?? "";
      assert.match(shown, /^200.*"status": "(WAITING|ACTIVE)"/s, shown);
      assert.deepEqual(mistakes, []);
    });
  } finally {
    await close();
  }
}

async function authorize(page: Page, userId: string): Promise<void> {
  await page.locator(".scheme-container").getByRole("button", { name: "Authorize" }).click();
  const form = page.locator(".modal-ux .auth-container", { hasText: "gatewayUser" });
  await form.locator("input").fill(userId);
  await form.getByRole("button", { name: "Apply credentials" }).click();
  await form.getByRole("button", { name: "Close" }).click();
}
