import {
  INDEX_REPORT_VERSION,
  type IndexReport,
  type IndexRun,
  type IndexVariantResult,
} from "@onsale/simulator/study";

/** A variant that reads 98,031 rows in 120 ms. */
export function indexVariant(part: Partial<IndexVariantResult> = {}): IndexVariantResult {
  return {
    ...{ name: "without the index", isProduct: false, isStopped: false, runs: 50 },
    ...{ rowsReturned: 21, ms: { median: 120, min: 110, max: 190 }, handlerReads: 98_031 },
    ...{ rowsExamined: 98_030, plan: "-> Table scan on performances" },
    ...part,
  };
}

const PRODUCT = indexVariant({
  ...{ name: "index of the product", isProduct: true, ms: { median: 0.51, min: 0.4, max: 1.5 } },
  ...{ handlerReads: 334, rowsExamined: 300, plan: "-> Index range scan on performances" },
  index: { columns: "starts_at, concert_id", bytes: 3 * 1024 * 1024 },
});

/** A measurement of one query on MariaDB. */
export function indexRun(part: Partial<IndexRun> = {}): IndexRun {
  return {
    ...{ takenAt: "2026-01-02T03:04:05.000Z", family: "MariaDB", server: "MariaDB 10.11.9" },
    ...{ rows: 100_000, isQuick: false, tookMs: 60_000 },
    machine: {
      ...{ cores: 2, cpu: "CPU", memoryMb: 24_576, node: "v24.21.0" },
      ...{ loadBefore: 0.5, loadAfter: 1.25 },
    },
    cases: [
      {
        ...{ name: "concertsByDate", title: "Concerts of one day", table: "performances" },
        ...{ statement: "catalog.listConcerts:dates", sql: "SELECT 1", index: "performances_date" },
        ...{ tableRows: 100_010, variants: [indexVariant(), PRODUCT] },
        insert: {
          rows: 100_000,
          withoutUs: { median: 5, min: 4, max: 6 },
          withUs: { median: 7.25, min: 6, max: 9 },
        },
      },
    ],
    ...part,
  };
}

/** A report of the given measurements. */
export function indexReport(runs: readonly IndexRun[] = [indexRun()]): IndexReport {
  return { schemaVersion: INDEX_REPORT_VERSION, runs: [...runs] };
}
