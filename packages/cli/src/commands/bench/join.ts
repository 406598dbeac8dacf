import { BENCH_ENDING, BenchCommand } from "../../bench/benchCommand.ts";

/** `onsale bench join` */
export default class BenchJoin extends BenchCommand {
  static override summary = "Compare joins with a bare Koa server";
  static override description =
    "New buyers join the waiting room. The yardstick is a bare server with Koa, @koa/router " +
    "and one Redis GET, whose answer is as long. " +
    BENCH_ENDING;
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --quick --json",
  ];

  async run(): Promise<unknown> {
    const { flags } = await this.parse(BenchJoin);
    return this.measure(["join"], flags);
  }
}
