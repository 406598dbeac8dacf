import { Flags } from "@oclif/core";
import { BENCH_ENDING, BenchCommand } from "../../bench/benchCommand.ts";

/** `onsale bench holds` */
export default class BenchHolds extends BenchCommand {
  static override summary =
    "Compare the accepted holds per second over HTTP with the bare database loop";
  static override description =
    "Distinct buyers hold distinct seats. The yardstick is the bare loop V0: one transaction " +
    "for each hold straight through mysql2, with the same rows and the same durability, on " +
    "the number of connections that makes it fastest, without HTTP, queue or checks. The " +
    "rounds of both alternate. A second comparison has one hold in flight on each side. With " +
    "--against, a third one measures one hold in flight on another version of the product. " +
    BENCH_ENDING;
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --api-processes 1 --cpu-profile",
    "<%= config.bin %> <%= command.id %> --rounds 9 --json > holds.json",
    "<%= config.bin %> <%= command.id %> --against ../onsale-before",
  ];
  static override flags = {
    against: Flags.directory({
      exists: true,
      description: "Another checkout in which scripts/setup has run",
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(BenchHolds);
    return this.measure(["holds"], flags, { against: flags.against });
  }
}
