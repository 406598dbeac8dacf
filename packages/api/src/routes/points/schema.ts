import { AMOUNT_MAX, ENTRY_KINDS } from "@onsale/core";
import { z } from "zod";
import { nextCursor, pageQuery } from "../../http/cursor.ts";
import { answerId, bodyId, bodyInt, instant, pathId, points } from "../../http/fields.ts";

export const chargeBody = z
  .strictObject({
    userId: bodyId.optional().meta({
      description: "The caller's own id; in trusted mode it names the caller, as `X-User-Id` does",
    }),
    amount: bodyInt(1, AMOUNT_MAX).meta({
      description: "Points to add: a whole number from 1 to 1,000,000,000",
    }),
  })
  .meta({ id: "ChargePointsRequest", example: { amount: 150_000 } });

export const balance = z.object({ currentPoints: points }).meta({ id: "Balance" });

export const balanceParams = z.strictObject({ userId: pathId });

export const historyQuery = z.strictObject(pageQuery);

export const pointHistoryAnswer = z
  .object({
    entries: z.array(
      z
        .object({
          entryId: answerId,
          kind: z.enum(ENTRY_KINDS),
          amount: points.meta({
            description: "Always positive; `kind` says whether the balance grew or fell",
          }),
          balanceAfter: points,
          reservationId: answerId.nullable(),
          createdAt: instant,
        })
        .meta({ id: "LedgerEntry" }),
    ),
    nextCursor,
  })
  .meta({ id: "PointHistory" });
