import { readFile } from "node:fs/promises";
import { describeSettings } from "@onsale/core";
import { expect } from "chai";
import { configurationPage } from "../../src/configurationPage.ts";

const PAGE = new URL("../../../../docs/reference/CONFIGURATION.md", import.meta.url);

describe("configurationPage", () => {
  it("equals docs/reference/CONFIGURATION.md, as `onsale config docs` prints it", async () => {
    const page = configurationPage(describeSettings());
    expect((await readFile(PAGE, "utf8")).trimEnd()).to.equal(page.trimEnd());
  });

  it("shows the default and the bounds of a number", () => {
    const page = configurationPage(describeSettings());
    expect(page).to.include("| `HOLD_TTL_MS` | `300000` | 100 to 3600000 |");
    expect(page).to.include("| `MYSQL_URL` | none | URL |");
  });
});
