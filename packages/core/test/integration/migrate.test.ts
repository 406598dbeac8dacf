import { expect } from "chai";
import { migrateDatabase, migrationsOf } from "../../src/compose/openCore.ts";
import { codeOf, failureOf } from "../support/fixtures.ts";
import {
  configOf,
  createGeneralCiDatabase,
  dropTestStack,
  newTestStack,
  runSql,
  type TestStack,
} from "../support/testStack.ts";

describe("migrateDatabase", () => {
  let stack: TestStack;
  beforeEach("creates an empty database", async () => {
    stack = await newTestStack();
    await createGeneralCiDatabase(stack);
  });
  afterEach("drops the database", () => dropTestStack(stack));

  const tables = async () =>
    (await runSql(stack, "SHOW TABLES")).map((row) => String(Object.values(row)[0])).sort();
  const migrate = (besideOtherTables = false) =>
    migrateDatabase(configOf(stack), { besideOtherTables });

  it("migrates an empty database, and changes nothing when it runs again", async () => {
    expect(await migrate()).to.include("0001-initialSchema");
    expect(await migrate()).to.deep.equal([]);
  });

  it("needs no right to create anything when nothing is pending", async () => {
    const account = `'${stack.name}'@'%'`;
    await runSql(stack, `CREATE USER ${account} IDENTIFIED BY 'only-for-tests'`);
    try {
      const rights = "SELECT, INSERT, UPDATE, DELETE";
      await runSql(stack, `GRANT ${rights} ON ${stack.name}.* TO ${account}`);
      const url = new URL(stack.env.MYSQL_URL ?? "");
      Object.assign(url, { username: stack.name, password: "only-for-tests" });
      const config = configOf(stack, { MYSQL_URL: url.href });
      expect(await failureOf(migrateDatabase(config))).to.match(/CREATE command denied/);
      await migrate();
      expect(await migrateDatabase(config)).to.deep.equal([]);
    } finally {
      await runSql(stack, `DROP USER ${account}`);
    }
  });

  it("refuses a database with tables of another program, and creates nothing", async () => {
    await runSql(stack, "CREATE TABLE wp_posts (id INT)");
    await runSql(stack, "CREATE VIEW wp_titles AS SELECT id FROM wp_posts");
    const failure = await failureOf(migrate());
    expect(codeOf(failure)).to.equal("DATABASE_NOT_EMPTY");
    expect(failure).to.have.property("message").that.includes("wp_posts, wp_titles");
    expect(await tables()).to.deep.equal(["wp_posts", "wp_titles"]);
  });

  it("migrates beside the tables of another program when it is asked to", async () => {
    await runSql(stack, "CREATE TABLE wp_posts (id INT)");
    expect(await migrate(true)).to.include("0001-initialSchema");
    expect(await migrate()).to.deep.equal([]);
  });

  for (const sql of [
    "CREATE TABLE seats (id INT)",
    "CREATE TABLE migrations (id INT, migration VARCHAR(255), batch INT)",
    "CREATE TABLE migrations AS SELECT 'AddUsers1700000000' AS name",
  ]) {
    it(`refuses a table of another program that has a needed name: ${sql}`, async () => {
      await runSql(stack, sql);
      const before = await tables();
      for (const beside of [false, true]) {
        expect(codeOf(await failureOf(migrate(beside)))).to.equal("DATABASE_NOT_EMPTY");
      }
      expect(await tables()).to.deep.equal(before);
      expect((await migrationsOf(configOf(stack))).pending).to.include("0001-initialSchema");
    });
  }

  it("refuses a newer schema, also one with pending migrations", async () => {
    await migrate();
    await runSql(stack, "INSERT INTO migrations (name) VALUES ('9999-later')");
    const newer = await failureOf(migrate());
    expect(codeOf(newer)).to.equal("MIGRATIONS_UNKNOWN");
    expect(newer).to.have.property("message").that.includes("9999-later");
    await runSql(stack, "DELETE FROM migrations WHERE name = '0016-settingsVersions'");
    expect(codeOf(await failureOf(migrate(true)))).to.equal("MIGRATIONS_UNKNOWN");
  });
});
