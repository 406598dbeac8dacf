import { readFile } from "node:fs/promises";
import { RUNBOOKS } from "@onsale/core";
import { expect } from "chai";
import { runbooksMarkdown } from "../runbookMarkdown.ts";
import { RUNBOOK_PAGE } from "../writeRunbookDocs.ts";

describe("the page of all runbooks", () => {
  it("is committed as generated", async () => {
    const committed = await readFile(RUNBOOK_PAGE, "utf8");
    expect(committed === runbooksMarkdown(RUNBOOKS), "run `pnpm docs:runbooks`").to.equal(true);
  });
});
