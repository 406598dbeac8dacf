import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";

const SCRIPT = join(import.meta.dirname, "../../../deploy/createEnv");
/** The names of the secrets, in the order of the script. */
const NAMES = Array.from(
  readFileSync(SCRIPT, "utf8").matchAll(/^(\w+)=.*\$\(secret\)$/gm),
  ([, name = ""]) => name,
);

describe("deploy/createEnv", () => {
  let folder: string;
  let envFile: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "onsale-env-"));
    mkdirSync(join(folder, "deploy"));
    copyFileSync(SCRIPT, join(folder, "deploy", "createEnv"));
    envFile = join(folder, ".env");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = () => execFileSync(join(folder, "deploy", "createEnv"), { encoding: "utf8" });
  const lines = () => readFileSync(envFile, "utf8").trimEnd().split("\n");
  const names = () => lines().map((line) => line.slice(0, line.indexOf("=")));

  it("writes a different value for each secret, and only the owner can read the file", () => {
    expect(run()).to.equal("Wrote .env with new secrets. Keep a copy with your other secrets.\n");
    expect(NAMES).to.include.members(["MYSQL_PASSWORD", "QUEUE_TOKEN_KEYS"]);
    expect(names()).to.deep.equal(NAMES);
    const values = lines().map((line) => line.slice(line.indexOf("=") + 1));
    for (const value of values) expect(value).to.match(/^(k1:|whsec_)?[0-9a-f]{64}$/);
    expect(new Set(values).size).to.equal(NAMES.length);
    expect(statSync(envFile).mode & 0o777).to.equal(0o600);
  });

  it("changes nothing when the file has every secret, also an empty one", () => {
    const text = `HTTP_PORT=80\n${NAMES.map((name) => `${name}=\n`).join("")}`;
    writeFileSync(envFile, text);
    expect(run()).to.equal("The file .env has every secret; nothing was changed.\n");
    expect(readFileSync(envFile, "utf8")).to.equal(text);
  });

  it("adds the secrets that an older file lacks, and keeps its lines", () => {
    const older = ["export MYSQL_PASSWORD=old", "# REDIS_PASSWORD=x", "AUTH_JWT_SECRET="];
    writeFileSync(envFile, older.join("\n"));
    const added = NAMES.filter((name) => !/^(MYSQL_PASSWORD|AUTH_JWT_SECRET)$/.test(name));
    expect(run().trimEnd()).to.equal(`Added to .env: ${added.join(" ")}`);
    expect(lines().slice(0, 3)).to.deep.equal(older);
    expect(names().slice(3)).to.deep.equal(added);
  });
});
