import { Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";
import { preparePage } from "../../outputFile.ts";

/** `onsale study caching` */
export default class StudyCaching extends AdminCommand {
  static override summary = "Measure the catalog's cache: its gain, and how old its answers are";
  static override description =
    "Uses the servers of `stack up` with data and API processes of its own, which it removes at " +
    "the end. Measures the concert list, the dates and the seat list with the cache and without " +
    "it, from one request at a time to 5,000 users; counts the statements that reach MySQL when " +
    "all buyers ask at the moment in which every copy has ended; and finds how long two " +
    "processes still give an old answer after a write, a rollback and a commit. Takes at most " +
    "six minutes, with --quick less than one. Exit code 1 when an answer was older than stated, " +
    "more statements than stated reached MySQL, or a request failed.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> --quick",
    "<%= config.bin %> <%= command.id %> --page",
    "<%= config.bin %> <%= command.id %> --json",
  ];
  static override flags = {
    quick: Flags.boolean({ default: false, description: "Few users and writes: half a minute" }),
    page: Flags.boolean({
      description: "Write docs/studies/caching of this checkout from the figures",
      exclusive: ["quick"],
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(StudyCaching);
    const { CACHING_FOLDER, writeCaching } = await import(
      "../../study/caching/writeCachingPage.ts"
    );
    if (flags.page) await preparePage(CACHING_FOLDER);
    const { cachingProblems } = await import("@onsale/simulator/study");
    const { statusLine } = await import("@onsale/simulator/terminal");
    const { runCachingStudy } = await import("../../study/caching/runCachingStudy.ts");
    const { drawCaching } = await import("../../study/caching/drawCaching.ts");
    const line = this.quiet ? undefined : statusLine(process.stderr);
    const report = await runCachingStudy({
      isQuick: flags.quick,
      onProgress: (text, stage, elapsedMs) => line?.show(text, stage, elapsedMs),
      signal: this.interruptSignal(),
    }).finally(() => line?.clear());
    this.print(drawCaching(report));
    if (flags.page) this.say(`Page: ${await writeCaching(report)}`);
    if (cachingProblems(report).length > 0) this.fail();
    return report;
  }
}
