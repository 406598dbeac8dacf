import { BENCH_ENDING, BenchCommand, SEATS_FLAG } from "../../bench/benchCommand.ts";

/** `onsale bench seats` */
export default class BenchSeats extends BenchCommand {
  static override summary = "Compare lists of free seats with a bare Koa server";
  static override description =
    "Buyers read the free seats of one hall. The yardstick is a bare server with Koa and " +
    "@koa/router that sends the same bytes from memory. " +
    BENCH_ENDING;
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --seats 20000 --quick",
  ];
  static override flags = { seats: SEATS_FLAG };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(BenchSeats);
    return this.measure(["seats"], flags, { seats: flags.seats });
  }
}
