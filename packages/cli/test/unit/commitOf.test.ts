import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { commitOf } from "../../src/commitOf.ts";

describe("the commit of a checkout", () => {
  let root: string;
  const inner = (): string => join(root, "packages");
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=Test", "-c", "user.email=t@example.org", ...args], {
      cwd: root,
      encoding: "utf8",
    }).trim();

  beforeEach("makes a checkout with one commit", () => {
    root = mkdtempSync(join(tmpdir(), "onsale-commit-"));
    for (const folder of ["packages", "docs"]) {
      mkdirSync(join(root, folder));
      writeFileSync(join(root, folder, "file"), "one");
    }
    git("init", "-q");
    git("add", ".");
    git("commit", "-q", "-m", "one");
  });

  afterEach("removes the checkout", () => rmSync(root, { recursive: true }));

  it("has no mark when only documents have changed, which a study writes itself", async () => {
    writeFileSync(join(root, "docs", "file"), "two");
    expect(await commitOf(inner())).to.equal(git("rev-parse", "--short", "HEAD"));
  });

  it("is marked as dirty when another file has changed, also in the index only", async () => {
    const dirty = `${git("rev-parse", "--short", "HEAD")}-dirty`;
    writeFileSync(join(inner(), "file"), "two");
    expect(await commitOf(inner())).to.equal(dirty);
    git("add", ".");
    expect(await commitOf(inner())).to.equal(dirty);
  });

  it("is undefined outside of a checkout", async () => {
    rmSync(join(root, ".git"), { recursive: true });
    expect(await commitOf(inner())).to.equal(undefined);
  });
});
