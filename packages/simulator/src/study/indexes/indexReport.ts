import { z } from "zod";
import { machineSchema } from "../machine.ts";

/** The version of the JSON format. It increases when a field changes its meaning or is removed. */
export const INDEX_REPORT_VERSION = 1;

const count = z.number().int().nonnegative();
const number = z.number().nonnegative();
const spreadSchema = z.object({ median: number, min: number, max: number });

const variantSchema = z.object({
  /** The indexes that the server may use, such as "without the index". */
  name: z.string(),
  /** Whether this is the schema of the product. */
  isProduct: z.boolean(),
  /** The measured index, when the variant has it. */
  index: z.object({ columns: z.string(), bytes: count }).optional(),
  /** True when the statement reached the time limit; then there is no row count and no time. */
  isStopped: z.boolean(),
  runs: count,
  rowsReturned: count,
  ms: spreadSchema,
  /** Reads of the storage engine in one run: the sum of the counters Handler_read_*. */
  handlerReads: count,
  /** Rows of tables and indexes that the server's own analysis of the run counts. */
  rowsExamined: count,
  plan: z.string(),
});
export type IndexVariantResult = z.infer<typeof variantSchema>;

const caseSchema = z.object({
  name: z.string(),
  title: z.string(),
  /** The name of the statement in its store, and its text. */
  statement: z.string(),
  sql: z.string(),
  table: z.string(),
  index: z.string(),
  tableRows: count,
  variants: z.array(variantSchema),
  /** Time of an INSERT of one row with and without the index, us, and how many rows it had. */
  insert: z.object({ rows: count, withoutUs: spreadSchema, withUs: spreadSchema }),
});
export type IndexCaseResult = z.infer<typeof caseSchema>;

export const serverFamilies = ["MariaDB", "MySQL"] as const;

const runSchema = z.object({
  takenAt: z.iso.datetime(),
  commit: z.string().optional(),
  family: z.enum(serverFamilies),
  server: z.string(),
  rows: count,
  isQuick: z.boolean(),
  tookMs: number,
  machine: machineSchema.omit({ servers: true }),
  cases: z.array(caseSchema),
});
/** One measurement: one server, one number of rows. */
export type IndexRun = z.infer<typeof runSchema>;

/** All measurements of the page. */
export const indexReportSchema = z.object({
  schemaVersion: z.literal(INDEX_REPORT_VERSION),
  runs: z.array(runSchema),
});
export type IndexReport = z.infer<typeof indexReportSchema>;

/** Adds a measurement. It replaces the one of the same kind of server and number of rows. */
export function withIndexRun(report: IndexReport | undefined, run: IndexRun): IndexReport {
  const others = (report?.runs ?? []).filter(
    ({ family, rows }) => family !== run.family || rows !== run.rows,
  );
  const runs = [...others, run].toSorted(
    (a, b) => a.rows - b.rows || a.family.localeCompare(b.family),
  );
  return { schemaVersion: INDEX_REPORT_VERSION, runs };
}

/** The variant without the index, and that of the product. */
export function endsOf({ variants }: IndexCaseResult): {
  readonly without: IndexVariantResult;
  readonly product: IndexVariantResult;
} {
  const [without] = variants;
  const product = variants.find(({ isProduct }) => isProduct);
  if (!without || !product) throw new Error("a case has a variant without index, and the product");
  return { without, product };
}
