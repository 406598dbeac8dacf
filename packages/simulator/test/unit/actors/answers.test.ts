import type { DataOf } from "@onsale/client";
import { expect } from "chai";
import type { z } from "zod";
import type * as answers from "../../../src/actors/answers.ts";

type Writable<T> = { -readonly [Name in keyof T]: Writable<T[Name]> };

/** Tests whether an answer of the API document has the fields that the simulated client reads. */
type Reads<Schema extends z.ZodType, Data> = Writable<Data> extends z.infer<Schema> ? true : false;

describe("the answers that simulated clients read", () => {
  it("are those of the API document", () => {
    // A field that the document lacks is a compile error.
    const read: {
      readonly ticket: Reads<typeof answers.ticketAnswer, DataOf<"myQueueStatus">>;
      readonly overview: Reads<typeof answers.overviewAnswer, DataOf<"queueOverview">>;
      readonly dates: Reads<typeof answers.datesAnswer, DataOf<"availableDates">>;
      readonly seats: Reads<typeof answers.seatsAnswer, DataOf<"availableSeats">>;
      readonly hold: Reads<typeof answers.holdAnswer, DataOf<"reserveSeat">>;
      readonly charge: Reads<typeof answers.chargeAnswer, DataOf<"chargePoints">>;
      readonly pay: Reads<typeof answers.payAnswer, DataOf<"pay">>;
      readonly reservation: Reads<typeof answers.reservationAnswer, DataOf<"findReservation">>;
    } = {
      ...{ ticket: true, overview: true, dates: true, seats: true },
      ...{ hold: true, charge: true, pay: true, reservation: true },
    };
    expect(Object.values(read)).to.not.include(false);
  });
});
