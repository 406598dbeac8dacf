import type { CoreContext } from "../../ports/coreContext.ts";
import type { SeatBlock } from "../../ports/seatStore.ts";
import { countText } from "../../shared/countText.ts";
import { operation } from "../operation.ts";
import {
  numbersFact,
  numbersIn,
  type SeatSelection,
  seatSelectionSchema,
  selectSeats,
} from "./selectSeats.ts";

/** Returns seats to the sale that the box office has kept back. */
export const unblockOperation = operation<SeatSelection>({
  name: "seats.unblock",
  summary: "Return seats of a performance to the sale that were kept back",
  input: seatSelectionSchema,
  confirmation: () => undefined,
  target: ({ performanceId }) => `performance:${performanceId}`,

  async plan(core, input) {
    const blocked = await blockedOf(core, input);
    return {
      facts: { performanceId: input.performanceId, seats: numbersFact(blocked) },
      count: blocked.length,
      unit: "seat",
      sample: blocked.slice(0, 10).map(({ seatNo, reason }) => `seat ${seatNo}: ${reason}`),
      notes: [],
    };
  },

  state: async (core, input) => {
    const blocked = await blockedOf(core, input);
    return {
      seats: blocked.map(({ seatNo }) => seatNo),
      reasons: [...new Set(blocked.map(({ reason }) => reason))],
    };
  },

  steps: {
    kind: "transaction",
    async step(core, tx, { input, facts }) {
      const planned = new Set(numbersIn(facts));
      const all = await selectSeats(core, tx, input);
      const seats = all.filter(({ seatNo, status }) => planned.has(seatNo) && status === "BLOCKED");
      const changed = await core.seats.unblock(
        tx,
        seats.map(({ id }) => id),
      );
      return { checkpoint: {}, changed, isDone: true };
    },
  },

  async verify(core, { performanceId }, plan) {
    const blocked = new Set(
      (await core.seats.blocks(null, performanceId)).map(({ seatNo }) => seatNo),
    );
    const planned = numbersIn(plan.facts);
    const left = planned.filter((seatNo) => blocked.has(seatNo));
    return [
      {
        claim: `${countText(planned.length, "seat")} returned to the sale`,
        holds: left.length === 0,
        read: left.length === 0 ? "all are" : `not ${left.join(", ")}`,
      },
    ];
  },

  inverse({ performanceId }, { seats, reasons }) {
    const [reason, ...others] = Array.isArray(reasons) ? reasons : [];
    if (others.length > 0) {
      return { impossible: "the seats had several reasons; block them again for each of them" };
    }
    return { operation: "seats.block", input: { performanceId, seats, reason } };
  },
});

async function blockedOf(core: CoreContext, input: SeatSelection): Promise<readonly SeatBlock[]> {
  const selected = new Set((await selectSeats(core, null, input)).map(({ id }) => id));
  const blocked = await core.seats.blocks(null, input.performanceId);
  return blocked.filter(({ seatId }) => selected.has(seatId));
}
