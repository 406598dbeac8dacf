import { Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";
import { BENCH_LOAD_FLAGS } from "../../bench/benchCommand.ts";

const MINUTES_MAX = 24 * 60;
/** The first minute is the warm-up, and the rest shows the trend. */
const MINUTES_MIN = 2;
const MINUTES = 5;

/** `onsale bench memory` */
export default class BenchMemory extends AdminCommand {
  static override summary = "Show whether the memory of the API stays flat under load";
  static override description =
    "Buyers hold seats, hall after hall, for some minutes. For each half minute the command " +
    "shows the largest resident memory and the smallest heap of each API process, and then " +
    "their changes after the first minute. Then every invariant is checked. Exit code 1 when " +
    "the memory grows by more than a tenth, when an invariant is broken, or when a request " +
    "got a 5xx.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --minutes 30 --json",
  ];
  static override flags = {
    minutes: Flags.integer({
      default: MINUTES,
      min: MINUTES_MIN,
      max: MINUTES_MAX,
      description: "Time under load",
    }),
    ...BENCH_LOAD_FLAGS,
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(BenchMemory);
    const { drawMemoryBench, isFlatAndClean, runMemoryBench } = await import(
      "../../bench/runMemoryBench.ts"
    );
    const result = await runMemoryBench({
      minutes: flags.minutes,
      flags: { ...flags, quick: false },
      onProgress: (line) => this.say(line),
      signal: this.interruptSignal(),
    });
    this.print(drawMemoryBench(result));
    if (!isFlatAndClean(result)) this.fail();
    return result;
  }
}
