import { MIGRATIONS } from "../../sql/migrations/migrations.ts";
import { readMigrations } from "./readMigrations.ts";
import type { TableSchema } from "./tableSchema.ts";

/** Maps the name of each table to its state after the last migration; parent tables come first. */
export const SCHEMA: ReadonlyMap<string, TableSchema> = readMigrations(MIGRATIONS);
