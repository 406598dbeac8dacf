import { Flags } from "@oclif/core";
import { idArg } from "../../idArg.ts";
import { OperationCommand } from "../../operation/operationCommand.ts";
import { operationFlags } from "../../operation/operationFlags.ts";
import { withoutUndefined } from "../../operation/withoutUndefined.ts";

/** `onsale performance edit` */
export default class PerformanceEdit extends OperationCommand {
  static override summary =
    "Change start, venue, time zone, sale window or limit per buyer of a performance";
  static override description =
    'Times have their offset from UTC: 2027-05-01T19:30:00+09:00. The word "none" removes an end ' +
    "of the sale window, or the performance's own limit per buyer.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> 31 --opens-at 2027-04-01T10:00:00+09:00",
    "<%= config.bin %> <%= command.id %> 31 --closes-at none --execute",
    "<%= config.bin %> <%= command.id %> 31 --seats-per-buyer 2",
  ];
  static override args = { performance: idArg("The performance's id") };
  static override flags = {
    ...operationFlags,
    "starts-at": Flags.string({ description: "Start of the performance" }),
    venue: Flags.string({ description: "The venue" }),
    "time-zone": Flags.string({
      description: "Time zone of the venue, an IANA name; the start stays the same instant",
    }),
    "opens-at": Flags.string({
      description: "Time from which seats can be held, or none (immediately)",
    }),
    "closes-at": Flags.string({
      description: "Time from which seats can no longer be held, or none (no end)",
    }),
    "seats-per-buyer": Flags.string({
      description:
        "How many seats a buyer may have, unpaid and paid together, or none (SEATS_PER_BUYER_MAX)",
    }),
  };

  protected override readonly fieldFlags = {
    changes: "--starts-at, --venue, --time-zone, --opens-at, --closes-at or --seats-per-buyer",
    "changes.startsAt": "--starts-at",
    "changes.venue": "--venue",
    "changes.timeZone": "--time-zone",
    "changes.saleOpensAt": "--opens-at",
    "changes.saleClosesAt": "--closes-at",
    "changes.seatsPerBuyerMax": "--seats-per-buyer",
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(PerformanceEdit);
    const changes = withoutUndefined({
      startsAt: flags["starts-at"],
      venue: flags.venue,
      timeZone: flags["time-zone"],
      saleOpensAt: timeOrNull(flags["opens-at"]),
      saleClosesAt: timeOrNull(flags["closes-at"]),
      seatsPerBuyerMax: numberOrNull(flags["seats-per-buyer"]),
    });
    const input = { performanceId: args.performance, changes };
    return this.runOperation("performance.edit", input, flags);
  }
}

const timeOrNull = (text: string | undefined): string | null | undefined =>
  text === "none" ? null : text;

/** Leaves a text that is not a whole number to the operation, which refuses it with its rule. */
const numberOrNull = (text: string | undefined): number | string | null | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : timeOrNull(text);
