import {
  BENCH_ENDING,
  BenchCommand,
  QUEUE_PROCESSES_FLAG,
  WAITING_FLAG,
} from "../../bench/benchCommand.ts";

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
    "<%= config.bin %> <%= command.id %> --waiting 100000 --queue-processes 1",
  ];
  static override flags = { waiting: WAITING_FLAG, "queue-processes": QUEUE_PROCESSES_FLAG };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(BenchCrowd);
    const { waiting, "queue-processes": queueProcesses } = flags;
    return this.measure(["crowd"], flags, { crowd: waiting, queueProcesses });
  }
}
