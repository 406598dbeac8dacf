import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { generatedComposeFile } from "../writeComposeFile.ts";

describe("the compose file of the devstack", () => {
  it("is committed as generated", async () => {
    const { url, content } = generatedComposeFile();
    expect(await readFile(url, "utf8"), "run `pnpm docs:compose`").to.equal(content);
  });
});
