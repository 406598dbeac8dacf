/**
 * The entry `@onsale/core/sql`: what a study needs in order to run other statements than those of
 * the stores.
 */
export type { Database } from "../adapters/sql/database.ts";
export { query, type Sql, type SqlQuery, sql } from "../adapters/sql/statement.ts";
export type { DatabaseChange } from "./openedCore.ts";
