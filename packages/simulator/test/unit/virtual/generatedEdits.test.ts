import { readFile } from "node:fs/promises";
import { STATEMENTS } from "@onsale/core/testing";
import { expect } from "chai";
import { editedSql } from "../../support/mutants/editedSql.ts";
import { failingCase } from "../../support/mutants/failingCase.ts";
import { generatedEdits } from "../../support/mutants/generatedEdits.ts";
import { editsOf } from "../../support/mutants/tryEdits.ts";
import { unseenEdits } from "../../support/mutants/unseenEdits.ts";

const PAGE = new URL("../../../../../docs/develop/MUTANTS.md", import.meta.url);
const edits = generatedEdits();

/** A line of the page's table of generated edits. */
interface Line {
  readonly edit: string;
  readonly seed: string;
  readonly reason: string;
}

async function linesOfPage(): Promise<readonly Line[]> {
  const page = await readFile(PAGE, "utf8");
  const from = page.indexOf("<!-- generated -->");
  const table = page.slice(from, page.indexOf("<!-- end of generated -->"));
  return table
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => {
      const [, edit = "", seed = "", reason = ""] = line.split(/\s?\| /);
      return { edit: edit.replaceAll("`", ""), seed, reason };
    });
}

describe("the generated edits of the SQL", () => {
  it("have different names", () => {
    expect(new Set(edits.map(({ name }) => name)).size).to.equal(edits.length);
  });

  it("change their statements and leave SQL that the in-memory database supports", () => {
    for (const { statement, edit } of edits) {
      const { text = "" } = STATEMENTS.find(({ name }) => name === statement) ?? {};
      expect(edit(text), statement).to.not.equal(text);
      editedSql({ [statement]: edit });
    }
  });

  it("can be made together, also in one statement", () => {
    const two = edits.filter(({ statement }) => statement === "ledger.post:subtract").slice(0, 2);
    const edit = editsOf(two)["ledger.post:subtract"];
    expect(edit?.("UPDATE a SET b = 1 WHERE user_id = :userId AND balance >= :amount")).to.equal(
      "UPDATE a SET b = 1 ",
    );
  });

  it("have a reason in docs/develop/MUTANTS.md when no seed detects them", async () => {
    const lines = await linesOfPage();
    expect(lines.map(({ edit }) => edit)).to.have.members(
      edits.map(({ name }) => name.replaceAll("`", "")),
    );
    const withoutReason = lines.filter(({ edit, seed, reason }) => {
      const why = unseenEdits.get(edit)?.why.replaceAll("`", "") ?? "no reason";
      return seed === "–" && !reason.replaceAll("`", "").startsWith(why);
    });
    expect(withoutReason).to.deep.equal([]);
  });

  it("include every edit that the table of reasons names", () => {
    const names = edits.map(({ name }) => name);
    const guards = [...unseenEdits.values()].flatMap((unseen) => unseen.guards ?? []);
    expect(names).to.include.members([...unseenEdits.keys(), ...guards]);
  });
});

describe("failingCase", function () {
  // All cases of the database run.
  this.timeout(30_000);

  it("names the first case that fails with the edit", async () => {
    const edit = edits.find(({ name }) => name === "leases.release without owner = :owner");
    expect(await failingCase(editsOf(edit ? [edit] : []))).to.equal(
      "leases in the database are released only by the owner with the current epoch",
    );
  });

  it("names none when all cases pass", async () => {
    expect(await failingCase({})).to.equal(undefined);
  });
});
