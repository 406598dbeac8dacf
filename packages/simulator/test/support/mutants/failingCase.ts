import { databaseCases } from "@onsale/conformance";
import { idleClock } from "@onsale/conformance/memory/idleClock";
import { memoryAdapters } from "@onsale/conformance/memory/memoryAdapters";
import { directLink } from "@onsale/core/memory";
import { forMembers, memoryDb, memorySqlDatabase, sqlStores } from "@onsale/core/testing";
import Mocha from "mocha";
import { type Edits, editedStatements, plansWith } from "./editedSql.ts";

/** Time limit of a case, ms. No case takes so long on a clock that jumps. */
const CASE_MS_MAX = 5_000;

/**
 * Runs the conformance cases of the database against the in-memory database with edited
 * statements, up to the first case that fails. The same cases run on MySQL and MariaDB.
 * @returns the title of that case
 */
export function failingCase(edits: Edits): Promise<string | undefined> {
  const plans = plansWith(editedStatements(edits));
  const set = memoryAdapters(idleClock, (core, { database }) => ({
    ...core,
    ...sqlStores(forMembers(memorySqlDatabase(memoryDb(database, directLink, core), plans))),
    withTransaction: core.withTransaction,
  }));
  const mocha = new Mocha({ bail: true, reporter: Mocha.reporters.Base, timeout: CASE_MS_MAX });
  mocha.suite.emit("pre-require", globalThis, "", mocha);
  databaseCases(set);
  return new Promise((resolve) => {
    let title: string | undefined;
    const runner = mocha.run(() => {
      // Otherwise the listeners of this run stay on the process, and would handle, together with
      // those of all later runs, the errors that a broken product causes later.
      mocha.dispose();
      resolve(title);
    });
    runner.on("fail", (test) => {
      title ??= test.titlePath().slice(1).join(" ");
    });
  });
}
