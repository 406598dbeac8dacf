import { MIGRATIONS } from "../../sql/migrations/migrations.ts";
import { readMigrations } from "./readMigrations.ts";
import type { TableSchema } from "./tableSchema.ts";

/** The tables after the last migration by name, ordered so that a parent table comes first. */
export const SCHEMA: ReadonlyMap<string, TableSchema> = readMigrations(MIGRATIONS);
