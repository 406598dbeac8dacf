import { Flags } from "@oclif/core";
import {
  BENCH_ENDING,
  BenchCommand,
  QUEUE_PROCESSES_FLAG,
  RELAY_FLAGS,
  SEATS_FLAG,
  WAITING_FLAG,
} from "../../bench/benchCommand.ts";
import { preparePage } from "../../outputFile.ts";

/** `onsale bench all` */
export default class BenchAll extends BenchCommand {
  static override summary = "Run every benchmark, and write the page of the limits";
  static override description =
    "Runs all benchmarks of endpoints and of the relay one after the other, each on data of its " +
    "own, in about ten minutes on two cores, or in three with --quick. The holds are profiled " +
    "too. " +
    BENCH_ENDING;
  static override examples = [
    "<%= config.bin %> <%= command.id %> --quick",
    "<%= config.bin %> <%= command.id %> --json > limits.json",
    "<%= config.bin %> <%= command.id %> --page",
  ];
  static override flags = {
    seats: SEATS_FLAG,
    waiting: WAITING_FLAG,
    "queue-processes": QUEUE_PROCESSES_FLAG,
    ...RELAY_FLAGS,
    page: Flags.boolean({
      description: "Write docs/develop/performance-limits of this checkout from the figures",
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(BenchAll);
    const { LIMITS_FOLDER, writeLimits } = await import("../../bench/writeLimitsPage.ts");
    if (flags.page) await preparePage(LIMITS_FOLDER);
    const { BENCH_NAMES } = await import("@onsale/simulator/bench");
    const { seats, waiting, published, "queue-processes": queueProcesses } = flags;
    const own = {
      ...{ seats, crowd: waiting, queueProcesses },
      ...{ published, perSecond: flags["per-second"] },
    };
    const report = await this.measure(BENCH_NAMES, flags, own, ["holds"]);
    if (flags.page) this.say(`Page: ${await writeLimits(report)}`);
    return report;
  }
}
