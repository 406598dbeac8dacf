import { BENCH_ENDING, BenchCommand } from "../../bench/benchCommand.ts";

/** `onsale bench charges` */
export default class BenchCharges extends BenchCommand {
  static override summary = "Compare charges over HTTP with the bare database loop";
  static override description =
    "Many users charge points. The yardstick is a bare loop that writes the same rows, one " +
    "transaction for each charge. " +
    BENCH_ENDING;
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --quick --json",
  ];

  async run(): Promise<unknown> {
    const { flags } = await this.parse(BenchCharges);
    return this.measure(["charges"], flags);
  }
}
