import { writeFile } from "node:fs/promises";
import { apiMarkdown, errorsMarkdown } from "./apiMarkdown.ts";
import { metricsMarkdown } from "./metricsMarkdown.ts";

const DOCS = new URL("../../../../docs/reference/", import.meta.url);

/** The pages that are generated from the code, with their content. */
export function generatedPages(): readonly { readonly url: URL; readonly content: string }[] {
  return [
    { url: new URL("API.md", DOCS), content: apiMarkdown() },
    { url: new URL("ERRORS.md", DOCS), content: errorsMarkdown() },
    { url: new URL("METRICS.md", DOCS), content: metricsMarkdown() },
  ];
}

if (import.meta.main) {
  for (const { url, content } of generatedPages()) {
    await writeFile(url, content);
    process.stdout.write(`${url.pathname}\n`);
  }
}
