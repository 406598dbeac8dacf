import { Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";
import { CliError, EXIT } from "../../cliError.ts";
import { preparePage } from "../../outputFile.ts";

const ROWS_MIN = 10_000;
const ROWS_MAX = 5_000_000;
const ROWS_STEP = 10_000;

/** `onsale study indexes` */
export default class StudyIndexes extends AdminCommand {
  static override summary = "Measure the product's queries with and without their indexes";
  static override description =
    "Fills a database of its own, measures time, rows read, plan and size of the index for the " +
    "frequent queries of a large installation, and the cost of each index for an INSERT. Then it " +
    "drops the database. A million rows of each table need about 3 GB of disk and take four to " +
    "ten minutes. No statement runs longer than ten seconds.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> --quick",
    "<%= config.bin %> <%= command.id %> --rows 100000,1000000 --page",
    "<%= config.bin %> <%= command.id %> --rows 100000 --json",
  ];
  static override flags = {
    rows: Flags.string({
      description: "Rows of each table, multiples of 10,000, comma-separated; default: 100000",
    }),
    quick: Flags.boolean({
      default: false,
      description: "10,000 rows and few runs: about a minute",
    }),
    page: Flags.boolean({
      description: "Add the figures to docs/studies/indexes of this checkout, and write its page",
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(StudyIndexes);
    const rows = rowsOf(flags.rows ?? (flags.quick ? "10000" : "100000"));
    const { INDEXES_FOLDER, knownIndexReport, writeIndexes } = await import(
      "../../study/indexes/writeIndexesPage.ts"
    );
    if (flags.page) {
      await preparePage(INDEXES_FOLDER);
      await knownIndexReport();
    }
    const { runIndexesStudy } = await import("../../study/indexes/runIndexesStudy.ts");
    const { drawIndexes } = await import("../../study/indexes/drawIndexes.ts");
    const { statusLine } = await import("@onsale/simulator/terminal");
    const line = this.quiet ? undefined : statusLine(process.stderr);
    const runs = await runIndexesStudy({
      ...{ rows, isQuick: flags.quick, signal: this.interruptSignal() },
      onProgress: (text, stage, elapsedMs) => line?.show(text, stage, elapsedMs),
      onRun: async (run) => {
        line?.clear();
        this.print(drawIndexes([run]));
        if (!flags.page) return;
        this.say(`Page: ${await writeIndexes(run)}`);
      },
    }).finally(() => line?.clear());
    return { runs };
  }
}

function rowsOf(text: string): readonly number[] {
  return text.split(",").map((part) => {
    const rows = Number(part.trim());
    if (rows >= ROWS_MIN && rows <= ROWS_MAX && rows % ROWS_STEP === 0) return rows;
    throw new CliError("USAGE", `--rows cannot be "${part.trim()}"`, {
      exitCode: EXIT.usage,
      next: "Give multiples of 10000 up to 5000000, such as --rows 100000,1000000.",
    });
  });
}
