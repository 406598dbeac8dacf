import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { devSecrets } from "../../src/devSecrets.ts";

describe("devSecrets", () => {
  let dir = "";
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "onsale-secrets-"));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it("creates one set of secrets when many callers ask at the same time", async () => {
    const asked = await Promise.all(
      Array.from({ length: 20 }, () => devSecrets({ rootDir: dir, name: "one" })),
    );
    expect(new Set(asked.map((secrets) => secrets.QUEUE_TOKEN_KEYS)).size).to.equal(1);
    expect(await devSecrets({ rootDir: dir, name: "one" })).to.deep.equal(asked[0]);
    expect(await readdir(join(dir, "one"))).to.deep.equal(["secrets.json"]);
  });

  it("makes the file readable for its owner only, with keys of at least 32 bytes", async () => {
    const secrets = await devSecrets({ rootDir: dir, name: "one" });
    const { mode } = await stat(join(dir, "one", "secrets.json"));
    expect(mode & 0o777).to.equal(0o600);
    expect(secrets.AUTH_JWT_SECRET.length).to.be.at.least(43);
    expect(secrets.QUEUE_TOKEN_KEYS).to.match(/^dev:[\w-]{43}$/);
  });

  it("gives two stacks different secrets", async () => {
    const other = await devSecrets({ rootDir: dir, name: "two" });
    expect((await devSecrets({ rootDir: dir, name: "one" })).AUTH_JWT_SECRET).not.to.equal(
      other.AUTH_JWT_SECRET,
    );
  });

  it("advises to delete the file when it cannot be parsed", async () => {
    await mkdir(join(dir, "one"));
    await writeFile(join(dir, "one", "secrets.json"), "{");
    const failure = await devSecrets({ rootDir: dir, name: "one" }).catch((error: Error) => error);
    expect(failure).to.be.instanceOf(Error);
    expect(String(failure)).to.include("delete it");
  });
});
