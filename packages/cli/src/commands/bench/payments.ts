import { BENCH_ENDING, BenchCommand } from "../../bench/benchCommand.ts";

/** `onsale bench payments` */
export default class BenchPayments extends BenchCommand {
  static override summary = "Compare payments over HTTP with the bare database loop";
  static override description =
    "Distinct buyers pay their holds of one seat. The yardstick is a bare loop that writes " +
    "the same rows, one transaction for each payment. " +
    BENCH_ENDING;
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --quick --json",
  ];

  async run(): Promise<unknown> {
    const { flags } = await this.parse(BenchPayments);
    return this.measure(["payments"], flags);
  }
}
