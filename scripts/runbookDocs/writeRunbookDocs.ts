/** Writes docs/operate/RUNBOOKS.md. Run by `pnpm docs:runbooks`. */
import { writeFile } from "node:fs/promises";
import { RUNBOOKS } from "@onsale/core";
import { runbooksMarkdown } from "./runbookMarkdown.ts";

/** The generated page. */
export const RUNBOOK_PAGE = new URL("../../docs/operate/RUNBOOKS.md", import.meta.url);

if (import.meta.main) {
  await writeFile(RUNBOOK_PAGE, runbooksMarkdown(RUNBOOKS));
  process.stdout.write(`${RUNBOOK_PAGE.pathname}\n`);
}
