import { Flags } from "@oclif/core";
import { BENCH_ENDING, BenchCommand } from "../../bench/benchCommand.ts";

const WAITING_MAX = 200_000;

/** `onsale bench crowd` */
export default class BenchCrowd extends BenchCommand {
  static override summary = "Measure whether the waiting buyers slow down the buyers inside";
  static override description =
    "Holds and payments arrive at a fixed rate. In every other round a crowd waits in the " +
    "queue, and each buyer of the crowd polls as the answers advise. Compare the 95th " +
    "percentiles. " +
    BENCH_ENDING;
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --waiting 100000",
  ];
  static override flags = {
    waiting: Flags.integer({
      default: 20_000,
      min: 1,
      max: WAITING_MAX,
      description: "Number of waiting buyers",
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(BenchCrowd);
    return this.measure(["crowd"], flags, { crowd: flags.waiting });
  }
}
