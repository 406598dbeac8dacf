import { BENCH_ENDING, BenchCommand } from "../../bench/benchCommand.ts";

/** `onsale bench status` */
export default class BenchStatus extends BenchCommand {
  static override summary = "Compare status polls with a bare Koa server";
  static override description =
    "Waiting buyers poll their status. The yardstick is a bare server with Koa, @koa/router " +
    "and one Redis GET, whose answer is as long. " +
    BENCH_ENDING;
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --quick --json",
  ];

  async run(): Promise<unknown> {
    const { flags } = await this.parse(BenchStatus);
    return this.measure(["status"], flags);
  }
}
