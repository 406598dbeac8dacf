import { expect } from "chai";
import mysql from "mysql2/promise";
import { runInProcess } from "../support/runInProcess.ts";
import { newTestStack, type TestStack } from "../support/testServers.ts";

describe("onsale stack clean", () => {
  const names = ["onsale_study_0badc0de", "onsale_locks_0badc0de_no_index"];
  /** Names that only resemble those of a run. */
  const others = ["onsale_study_mine", "onsale_other_0badc0de"];
  let stack: TestStack;

  before(async () => {
    stack = await newTestStack({ migrated: false });
    for (const name of [...names, ...others]) await stack.query(`CREATE DATABASE ${name}`);
  });
  after(async () => {
    for (const name of [...names, ...others]) await stack.query(`DROP DATABASE IF EXISTS ${name}`);
    await stack.drop();
  });

  const clean = async (...words: string[]) =>
    JSON.parse((await runInProcess(["stack", "clean", "--json", ...words], stack.env)).stdout).data;
  const existing = async () =>
    (await stack.query("SHOW DATABASES")).map(({ Database }) => String(Database));

  it("removes the databases of ended runs with --execute, and keeps all others", async () => {
    const url = new URL(stack.env.MYSQL_URL ?? "");
    url.pathname = `/${names[1]}`;
    const inUse = await mysql.createConnection(url.href);
    const found = await clean();
    expect(found.removed).to.equal(false);
    expect(found.databases).to.include(names[0]);
    expect(found.databases).to.not.include.members([names[1]]).and.not.include(others[0]);
    expect(await existing()).to.include.members(names);
    await inUse.end();

    const { stdout } = await runInProcess(["stack", "clean"], stack.env);
    expect(stdout).to.include(names[0]).and.include(names[1]);
    expect((await clean("--execute")).databases).to.include.members(names);
    expect(await existing()).to.include.members(others);
    expect(await existing()).to.not.include.members(names);
    expect((await clean()).databases).to.not.include.members(names);
  });
});
