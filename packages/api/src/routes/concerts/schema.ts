import { SEAT_VERSION } from "@onsale/core";
import { z } from "zod";
import { nextCursor, pageQuery } from "../../http/cursor.ts";
import { answerId, filterText, instant, pathId, points, rowName } from "../../http/fields.ts";

const concertQueueId = z.string().meta({
  description: "The waiting room of the concert: join it by `POST /queue/tokens`",
  example: "main",
});

/** The width of the columns that are searched. */
const NAME_LENGTH_MAX = 200;

const day = z.iso
  .date("Must be a date, YYYY-MM-DD")
  .transform((text) => new Date(`${text}T00:00:00Z`))
  .meta({ override: { type: "string", format: "date" } });

const name = filterText(NAME_LENGTH_MAX);

const seatCounts = {
  availableSeats: z.int().min(0).meta({
    description: "Free seats that every buyer can hold: those of a list without `accessible`",
  }),
  availableAccessibleSeats: z
    .int()
    .min(0)
    .meta({
      description:
        "Free seats for guests who need an accessible one, not among `availableSeats`: only a " +
        "request with `accessible: true` can hold one",
    }),
};

/** An empty filter is no filter. */
export const concertsQuery = z
  .strictObject({
    concertName: name
      .optional()
      .meta({ description: "Part of the title; upper and lower case are equal" }),
    singer: name
      .optional()
      .meta({ description: "Part of the singer's name; upper and lower case are equal" }),
    startDate: day
      .optional()
      .meta({ description: "Concerts with a performance on or after this day at its venue" }),
    endDate: day
      .optional()
      .meta({ description: "Concerts with a performance on or before this day at its venue" }),
    ...pageQuery,
  })
  .refine(({ startDate, endDate }) => !startDate || !endDate || startDate <= endDate, {
    path: ["endDate"],
    message: "Must not be before startDate",
  });

const date = z.string().meta({ format: "date", example: "2026-12-01" });

export const concertList = z
  .object({
    concerts: z.array(
      z
        .object({
          id: answerId,
          title: z.string(),
          singer: z.string(),
          queueId: concertQueueId,
          startDate: date.nullable().meta({
            description: "Date of the first performance at its venue; null when there is none",
          }),
          endDate: date.nullable().meta({
            description: "Date of the last performance at its venue; null when there is none",
          }),
          ...seatCounts,
        })
        .meta({ id: "Concert" }),
    ),
    nextCursor,
  })
  .meta({ id: "ConcertList" });

export const concertParams = z.strictObject({ concertId: pathId });

export const availableDatesAnswer = z
  .object({
    concerts: z.array(
      z
        .object({
          concertId: answerId,
          concertOptionId: answerId.meta({ description: "Id of the performance" }),
          queueId: concertQueueId,
          title: z.string(),
          concertDate: date.meta({ description: "At the venue" }),
          concertTime: z.string().meta({
            description:
              "At the venue, with the offset from UTC: in a night in which the clocks " +
              "go back, two performances can have the same time and other offsets",
            format: "time",
            example: "19:30:00-08:00",
          }),
          concertVenue: z.string(),
          timeZone: z.string().meta({
            description: "The IANA name of the venue's time zone",
            example: "America/Los_Angeles",
          }),
          saleOpensAt: instant.nullable().meta({
            description:
              "The time from which seats can be held; null when they can be held immediately",
          }),
          saleClosesAt: instant.nullable().meta({
            description:
              "The time from which seats can no longer be held; null when there is no such time",
          }),
          seatsPerBuyerMax: z.int().min(1).meta({
            description: "How many seats a buyer may have, unpaid and paid together",
          }),
          ...seatCounts,
        })
        .meta({ id: "Performance" }),
    ),
  })
  .meta({ id: "AvailableDates" });

export const performanceParams = z.strictObject({ concertOptionId: pathId });

const seatVersion = z.string().regex(SEAT_VERSION, "Must be the `version` of an earlier answer");

export const seatsQuery = z.strictObject({
  since: seatVersion.optional().meta({
    description: "The `version` of the client's list: the answer then has only the changes",
    example: "xK3v0pQz9sLb2Wm1",
  }),
  accessible: z
    .enum(["true", "false"])
    .transform((text) => text === "true")
    .optional()
    .meta({
      description: "true: also the seats for guests who need an accessible one",
    }),
});

export const availableSeatsAnswer = z
  .object({
    concertOptionId: answerId,
    version: z.string().meta({
      description: "Identifies these free seats: equal versions, equal seats",
      example: "xK3v0pQz9sLb2Wm1",
    }),
    since: z
      .string()
      .nullable()
      .meta({
        description:
          "The version that this answer continues; null when `seats` is the whole list, also " +
          "when the server no longer knows the requested version",
      }),
    seats: z
      .array(
        z
          .object({
            ...{ seatId: answerId, seatNo: z.string(), section: z.string() },
            row: rowName,
            price: points,
            accessible: z
              .literal(true)
              .optional()
              .meta({ description: "Only a request with `accessible: true` can hold it" }),
          })
          .meta({ id: "Seat" }),
      )
      .meta({ description: "The free seats, or those that became free since `since`" }),
    takenSeatIds: z.array(answerId).meta({
      description: "The seats that were free at `since` and are not free now",
    }),
  })
  .meta({ id: "AvailableSeats" });
