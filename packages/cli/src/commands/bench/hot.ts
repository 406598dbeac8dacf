import { BENCH_ENDING, BenchCommand } from "../../bench/benchCommand.ts";

/** `onsale bench hot` */
export default class BenchHot extends BenchCommand {
  static override summary = "Measure refused and accepted holds of a crowd on few seats";
  static override description =
    "1,000 buyers try to hold 50 seats, hall after hall, with 200 requests in flight: one " +
    "hold in twenty is accepted. The yardstick is the bare loop V0 on such seats. " +
    BENCH_ENDING;
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --quick --json",
  ];

  async run(): Promise<unknown> {
    const { flags } = await this.parse(BenchHot);
    return this.measure(["hot"], flags);
  }
}
