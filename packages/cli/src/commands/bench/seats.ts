import { Flags } from "@oclif/core";
import { BENCH_ENDING, BenchCommand } from "../../bench/benchCommand.ts";

const SEATS_MAX = 50_000;

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
  static override flags = {
    seats: Flags.integer({
      default: 1000,
      min: 1,
      max: SEATS_MAX,
      description: "Number of seats of the hall",
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(BenchSeats);
    return this.measure(["seats"], flags, { seats: flags.seats });
  }
}
