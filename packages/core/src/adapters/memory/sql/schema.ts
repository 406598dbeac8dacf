import { MIGRATIONS } from "../../sql/migrations/migrations.ts";
import { readMigrations } from "./readMigrations.ts";
import type { TableSchema } from "./tableSchema.ts";

/** The tables of the last migration by name, in the order of their foreign keys. */
export const SCHEMA: ReadonlyMap<string, TableSchema> = readMigrations(MIGRATIONS);
