import { Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";
import { CliError, EXIT } from "../../cliError.ts";

/**
 * The number of reservations must be a multiple of this, because each hundred has every kind of
 * reservation.
 */
const RESERVATIONS_STEP = 100;
const RESERVATIONS_MAX = 5_000_000;

/** `onsale bench invariants` */
export default class BenchInvariants extends AdminCommand {
  static override summary = "Time and memory of a check of every invariant on a sale of any size";
  static override description =
    "Fills a database of its own with a whole sale, checks every invariant, and drops the " +
    "database. A million reservations are about 21 million rows and 6 GB; filling them takes " +
    "minutes. Give the server a buffer pool of this size.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --reservations 1000000 --json",
  ];
  static override flags = {
    reservations: Flags.integer({
      default: 10_000,
      min: RESERVATIONS_STEP,
      max: RESERVATIONS_MAX,
      description: "Number of reservations in the sale, a multiple of 100",
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(BenchInvariants);
    const { reservations } = flags;
    if (reservations % RESERVATIONS_STEP !== 0) {
      throw new CliError("USAGE", "--reservations wants a multiple of 100", {
        exitCode: EXIT.usage,
      });
    }
    const { drawInvariantsBench, runInvariantsBench } = await import(
      "../../bench/runInvariantsBench.ts"
    );
    const result = await runInvariantsBench({
      reservations,
      onProgress: (line) => this.say(line),
    });
    this.print(drawInvariantsBench(result));
    if (!result.report.holds) this.fail();
    return result;
  }
}
