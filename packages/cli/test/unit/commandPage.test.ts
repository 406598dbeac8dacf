import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Config } from "@oclif/core";
import { expect } from "chai";
import { commandPage } from "../../src/commandPage.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PAGE = fileURLToPath(new URL("../../../../docs/reference/CLI.md", import.meta.url));

describe("the page of all commands", () => {
  it("equals docs/reference/CLI.md, so that a review shows each change of a command", async () => {
    const { commands } = await Config.load({ root: ROOT });
    expect(commandPage(commands), "run `pnpm docs:cli`").to.equal(await readFile(PAGE, "utf8"));
  }).timeout(20_000);

  it("has a summary and examples for every command", async () => {
    const { commands } = await Config.load({ root: ROOT });
    for (const { id, summary, examples, hidden } of commands) {
      if (hidden === true) continue;
      expect(summary, id).to.match(/^[A-Z].*[^.]$/);
      expect(examples, id).to.have.length.at.least(1);
    }
  }).timeout(20_000);
});
