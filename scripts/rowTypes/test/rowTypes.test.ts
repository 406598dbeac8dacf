import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { generatedRowTypes } from "../writeRowTypes.ts";

describe("the types of the in-memory rows", () => {
  it("are committed as the migrations generate them", async () => {
    const { url, content } = generatedRowTypes();
    const committed = await readFile(url, "utf8");
    expect(committed === content, "run `pnpm types:rows`").to.equal(true);
  });
});
