import { Flags } from "@oclif/core";
import type { ReservationStatus } from "@onsale/core";
import { AdminCommand } from "../../adminCommand.ts";

const STATUSES = [
  "PENDING",
  "CONFIRMED",
  "CANCELLED",
  "EXPIRED",
  "REFUNDED",
] as const satisfies readonly ReservationStatus[];

/** `onsale reservation list` */
export default class ReservationList extends AdminCommand {
  static override summary = "List reservations, the highest id first";
  static override examples = [
    "<%= config.bin %> <%= command.id %> --user 42",
    "<%= config.bin %> <%= command.id %> --performance 3 --status pending",
    "<%= config.bin %> <%= command.id %> --overdue",
  ];
  static override flags = {
    user: Flags.integer({ min: 1, description: "Reservations of this user id" }),
    performance: Flags.integer({ min: 1, description: "Reservations of this performance id" }),
    status: Flags.option({
      options: STATUSES.map((status) => status.toLowerCase()),
      description: "Reservations in this state",
    })(),
    overdue: Flags.boolean({ description: "Expired holds that no reaper has ended" }),
    before: Flags.integer({ min: 1, description: "Reservations with a lower id: the next page" }),
    limit: Flags.integer({ default: 20, min: 1, max: 1000, description: "How many reservations" }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(ReservationList);
    const { reservationTable } = await import("../../sale/drawSale.ts");
    const { user, performance, overdue, before, limit } = flags;
    const selection = {
      ...{ userId: user, performanceId: performance, isOverdue: overdue },
      status: STATUSES.find((known) => known.toLowerCase() === flags.status),
    };
    return this.withCore(async (core) => {
      const page = { beforeId: before, limit };
      const reservations = await core.reservations.list(null, selection, page);
      if (reservations.length === 0) this.say("There is no such reservation.");
      else this.print(reservationTable(reservations));
      const last = reservations.at(-1);
      if (last && reservations.length === limit) this.say(`Next page: --before ${last.id}`);
      return { reservations };
    });
  }
}
