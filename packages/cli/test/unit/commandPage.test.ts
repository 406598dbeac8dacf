import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Plugin } from "@oclif/core";
import { expect } from "chai";
import { loadAllCommands, MANIFEST_FILE, manifestText } from "../../src/commandManifest.ts";
import { commandPage } from "../../src/commandPage.ts";

const PAGE = fileURLToPath(new URL("../../../../docs/reference/CLI.md", import.meta.url));

describe("the page of all commands", () => {
  let plugin: Plugin;
  before(async function () {
    this.timeout(20_000);
    plugin = await loadAllCommands();
  });

  it("equals docs/reference/CLI.md, so that a review shows each change of a command", async () => {
    const page = await readFile(PAGE, "utf8");
    expect(commandPage(plugin.commands), "run `pnpm docs:cli`").to.equal(page);
  });

  it("shows the opposite of a flag that has one", () => {
    expect(commandPage(plugin.commands)).to.include("| `--[no-]live` | Also measure payments");
  });

  it("has a manifest that names every command with its present flags", async () => {
    const file = await readFile(MANIFEST_FILE, "utf8");
    expect(manifestText(plugin.manifest), "run `pnpm docs:cli`").to.equal(file);
  });

  it("has a summary and examples for every command", () => {
    for (const { id, summary, examples, hidden } of plugin.commands) {
      if (hidden === true) continue;
      expect(summary, id).to.match(/^[A-Z].*[^.]$/);
      expect(examples, id).to.have.length.at.least(1);
    }
  });
});
