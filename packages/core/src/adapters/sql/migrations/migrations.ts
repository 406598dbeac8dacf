import { initialSchema } from "./0001-initialSchema.ts";
import { queueFormerLimits } from "./0002-queueFormerLimits.ts";
import { queueIdsKeepCase } from "./0003-queueIdsKeepCase.ts";
import { queueGenerations } from "./0004-queueGenerations.ts";
import { seatAllowances } from "./0005-seatAllowances.ts";
import type { Migration } from "./migration.ts";

/** All steps of the schema, in order. MySQL runs them; the database in memory reads them. */
export const MIGRATIONS: readonly Migration[] = [
  initialSchema,
  queueFormerLimits,
  queueIdsKeepCase,
  queueGenerations,
  seatAllowances,
];
