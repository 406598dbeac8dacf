import { readFile } from "node:fs/promises";
import { type IndexProgress, indexProgress, planOfJson, planOfTree } from "@onsale/simulator/bench";
import { indexChart, indexReportSchema, withIndexRun } from "@onsale/simulator/study";
import { expect } from "chai";
import { drawIndexes } from "../../src/study/indexes/drawIndexes.ts";
import { indexesPage } from "../../src/study/indexes/indexesPage.ts";
import {
  INDEXES_FOLDER,
  indexFiles,
  readIndexReport,
} from "../../src/study/indexes/writeIndexesPage.ts";
import { indexReport, indexRun, indexVariant } from "../support/indexReports.ts";

describe("the study of the indexes", () => {
  it("has a committed page that is generated from its figures, with its chart", async () => {
    for (const [name, text] of indexFiles(await readIndexReport())) {
      const committed = await readFile(new URL(name, INDEXES_FOLDER), "utf8");
      expect(committed === text, `run \`pnpm docs:indexes\` (${name})`).to.equal(true);
    }
  });

  it("shows reads, rows, time and size without the index and with it", () => {
    const page = indexesPage(indexReport());
    expect(page).to.include("| 98,031 → 334 | 98,030 → 300 | 120 ms → 0.51 ms |");
    expect(page).to.include("| 0.51 ms (0.40 ms to 1.50 ms) | 50 | 334 | 300 | 3.0 MiB |");
    expect(page).to.include("5.0 us (4.0 to 6.0) without `performances_date`, 7.3 us (6.0 to 9.0)");
    expect(page).to.include("load average 0.5 before and 1.3 after");
    expect(page).to.include("-> Index range scan on performances");
    expect(drawIndexes([indexRun()])).to.include("98,031");
  });

  it("compares with the specification, and decides from its figures", () => {
    const page = indexesPage(indexReport());
    expect(page).to.include("| Specification | 98,031 | 334 |");
    expect(page).to.include("| MariaDB 10.11.9 | 98,030 | 300 |");
    expect(page).to.include(
      "- **Each of these indexes stays.** Without its index, the median time",
    );
    const [plain] = indexRun().cases;
    if (!plain) throw new Error("there is a case");
    const variants = plain.variants.map((one) => ({ ...one, ms: { median: 7, min: 6, max: 8 } }));
    const same = indexesPage(indexReport([indexRun({ cases: [{ ...plain, variants }] })]));
    expect(same).to.include("- Without its index, the median time of a query is 1.0 to 1.0 times");
  });

  it("says that a statement was stopped, and draws only the time of the product", () => {
    const [plain] = indexRun().cases;
    if (!plain) throw new Error("there is a case");
    const stopped = indexVariant({ isStopped: true, runs: 0, handlerReads: 5_000_000, plan: "" });
    const variants = [stopped, ...plain.variants.slice(1)];
    const report = indexReport([indexRun({ cases: [{ ...plain, variants }] })]);
    const page = indexesPage(report);
    expect(page).to.include("stopped at the time limit").and.include("over 5,000,000");
    const marks = (svg: string, mark: string): number => svg.split(mark).length - 1;
    const [drawn, whole] = [indexChart(report), indexChart(indexReport())];
    expect(marks(drawn, 'class="product"')).to.equal(marks(whole, 'class="product"'));
    expect(marks(drawn, 'class="without"')).to.equal(marks(whole, 'class="without"') - 1);
    expect(drawn).to.include("without: over the limit");
  });

  it("replaces the measurement of the same kind of server and number of rows only", () => {
    const mysql = indexRun({ family: "MySQL", server: "MySQL 9.7.4" });
    const million = indexRun({ rows: 1_000_000 });
    const all = [million, mysql, indexRun()].reduce(withIndexRun, indexReport([]));
    expect(all.runs).to.deep.equal([indexRun(), mysql, million]);
    const again = indexRun({ server: "MariaDB 11.8.2" });
    expect(withIndexRun(all, again).runs).to.deep.equal([again, mysql, million]);
    expect(indexReportSchema.parse(JSON.parse(JSON.stringify(all)))).to.deep.equal(all);
  });
});

describe("the progress of the study of the indexes", () => {
  it("estimates the end from the pace so far, and says how long it takes at most", () => {
    let nowMs = 5_000;
    const seen: IndexProgress[] = [];
    const progress = indexProgress(
      {
        ...{ rows: 1_000_000, variants: 3, budgetMs: 10_000 },
        onProgress: (one) => seen.push(one),
      },
      () => nowMs,
    );
    progress.fill(0);
    expect(seen.pop()).to.deep.equal({
      ...{ step: "fill the tables, 0 %", elapsedMs: 0, toGoMs: 180_000, atMostMs: 330_000 },
    });
    nowMs += 20_000;
    progress.fill(0.25);
    expect(seen.pop()).to.include({ toGoMs: 60_000 + 30_000, atMostMs: 60_000 + 180_000 });
    nowMs += 60_000;
    progress.variant("first");
    expect(seen.pop()).to.include({ step: "first", toGoMs: 30_000, atMostMs: 180_000 });
    nowMs += 2_000;
    progress.variant("second");
    expect(seen.pop()).to.include({ toGoMs: 4_000, atMostMs: 120_000 });
    nowMs += 198_000;
    progress.variant("third");
    expect(seen.pop()).to.include({ toGoMs: 60_000, atMostMs: 60_000 });
  });
});

describe("the plan of a run", () => {
  it("counts the rows of tables and indexes in MySQL's tree, and drops the estimates", () => {
    const tree = [
      "-> Sort: c.id  (cost=1.5 rows=9) (actual time=1..2 rows=9 loops=1)",
      "    -> Table scan on <temporary>  (cost=2..3 rows=9) (actual time=1..2 rows=9 loops=1)",
      "    -> Covering index range scan on e using d over (1)  (actual time=0..1 rows=38 loops=1)",
      "        -> Single-row index lookup on c using PRIMARY  (actual time=0..1 rows=1 loops=38)",
      "        -> Index lookup on p using k (a=1)  (cost=1 rows=2) (never executed)",
    ].join("\n");
    const { text, rowsExamined } = planOfTree(tree);
    expect(rowsExamined).to.equal(76);
    expect(text).to.include("-> Sort: c.id (actual time=1..2 rows=9 loops=1)");
  });

  it("counts the rows of tables in MariaDB's JSON, and makes a line for each table", () => {
    const read = (name: string, rows: number, loops: number) => ({
      table: { table_name: name, access_type: "ref", key: "k", r_loops: loops, r_rows: rows },
    });
    const plan = {
      query_block: { filesort: { nested_loop: [read("c", 2, 1), read("<derived2>", 7, 1)] } },
      subqueries: [{ query_block: read("s", 5.5, 2) }],
    };
    const { text, rowsExamined } = planOfJson(JSON.stringify(plan));
    expect(rowsExamined).to.equal(13);
    expect(text.split("\n")).to.deep.equal([
      "-> sort",
      "    -> ref on c, k (rows=2 loops=1)",
      "    -> ref on <derived2>, k (rows=7 loops=1)",
      "-> subqueries",
      "    -> ref on s, k (rows=5.5 loops=2)",
    ]);
  });
});
