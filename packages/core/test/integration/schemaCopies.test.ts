import { schemaCopies } from "@onsale/devstack/copySchema";
import { expect } from "chai";
import { migrateDatabase } from "../../src/compose/openCore.ts";
import {
  configOf,
  dropTestStack,
  newTestStack,
  runSql,
  type TestStack,
} from "../support/testStack.ts";

/**
 * Everything that migrations leave in a database. MySQL 9 remembers whether a statement named the
 * character set of a column beside its collation, which means the same.
 */
async function contentOf(stack: TestStack) {
  const tables = await runSql(stack, "SHOW TABLES");
  const names = tables.flatMap((row) => Object.values(row).map(String));
  const content = names.map(async (name) => {
    const [created] = await runSql(stack, `SHOW CREATE TABLE ${name}`);
    const definition = String(created?.["Create Table"]).replaceAll(/ CHARACTER SET \w+/g, "");
    return { definition, rows: await runSql(stack, `SELECT * FROM ${name}`) };
  });
  const collation = await runSql(stack, "SELECT @@collation_database AS collation");
  return { collation, tables: await Promise.all(content) };
}

describe("the migrated databases of tests", () => {
  const stacks: TestStack[] = [];
  const createMigrated = schemaCopies();
  const create = async (migrate: (stack: TestStack) => Promise<unknown>): Promise<TestStack> => {
    const stack = await newTestStack();
    stacks.push(stack);
    await createMigrated(stack.env.MYSQL_URL ?? "", () => migrate(stack));
    return stack;
  };
  after(async () => {
    for (const stack of stacks) await dropTestStack(stack);
  });

  it("are equal, whether they were migrated or copied", async () => {
    const refused = await create(() => Promise.reject(new Error("refused"))).catch(String);
    expect(refused).to.equal("Error: refused");
    stacks.length = 0;
    const migrated = await create((stack) => migrateDatabase(configOf(stack)));
    const copied = await create(() => Promise.reject(new Error("migrated again")));
    const content = await contentOf(copied);
    expect(content.tables.length).to.be.above(15);
    expect(content).to.deep.equal(await contentOf(migrated));
    expect(await migrateDatabase(configOf(copied))).to.deep.equal([]);
  });
});
