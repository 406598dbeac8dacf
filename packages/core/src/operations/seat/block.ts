import { z } from "zod";
import type { CoreContext } from "../../ports/coreContext.ts";
import type { SeatRow } from "../../ports/seatStore.ts";
import { SeatContendedError } from "../../reservation/errors.ts";
import { countText } from "../../shared/countText.ts";
import { refusing, textMistake } from "../../shared/visibleText.ts";
import { operation } from "../operation.ts";
import { idsOf, numbersFact, numbersIn, seatSelectionSchema, selectSeats } from "./selectSeats.ts";

/** Width of the column. */
const REASON_LENGTH_MAX = 200;

const inputSchema = seatSelectionSchema.safeExtend({
  /** Why the box office keeps the seats back, such as a camera position. Buyers do not see it. */
  reason: z
    .string()
    .normalize("NFC")
    .superRefine(refusing((text) => textMistake(text, REASON_LENGTH_MAX))),
});
type Input = z.infer<typeof inputSchema>;

/** Takes free seats out of the sale. Held and sold seats stay as they are. */
export const blockOperation = operation<Input>({
  name: "seats.block",
  summary: "Take free seats of a performance out of the sale, with a reason",
  input: inputSchema,
  confirmation: () => undefined,
  target: ({ performanceId }) => `performance:${performanceId}`,

  async plan(core, input) {
    const { free, others } = await divided(core, input);
    return {
      facts: { performanceId: input.performanceId, seats: numbersFact(free) },
      count: free.length,
      unit: "seat",
      sample: free.slice(0, 10).map(({ seatNo }) => `seat ${seatNo}: ${input.reason}`),
      notes: others.length === 0 ? [] : [leftText(others)],
    };
  },

  state: async (core, input) => {
    const { free } = await divided(core, input);
    return { seats: free.map(({ seatNo }) => seatNo) };
  },

  steps: {
    kind: "transaction",
    async step(core, tx, { input, facts }) {
      const planned = new Set(numbersIn(facts));
      const all = await selectSeats(core, tx, input);
      const seats = all.filter(({ seatNo, status }) => planned.has(seatNo) && isFree(status));
      const count = await core.seats.block(tx, idsOf(seats), input.reason);
      if (count !== seats.length) throw new SeatContendedError(idsOf(seats));
      return { checkpoint: {}, changed: count, isDone: true };
    },
  },

  async verify(core, input, plan) {
    const blocked = await core.seats.blocks(null, input.performanceId);
    const numbers = new Set(blocked.map(({ seatNo }) => seatNo));
    const planned = numbersIn(plan.facts);
    const missing = planned.filter((seatNo) => !numbers.has(seatNo));
    return [
      {
        claim: `${countText(planned.length, "seat")} kept back: ${input.reason}`,
        holds: missing.length === 0,
        read: missing.length === 0 ? "all are" : `not ${missing.join(", ")}`,
      },
    ];
  },

  inverse: ({ performanceId }, { seats }) => ({
    operation: "seats.unblock",
    input: { performanceId, seats },
  }),
});

const isFree = (status: SeatRow["status"]): boolean => status === "AVAILABLE";

async function divided(core: CoreContext, input: Input) {
  const seats = await selectSeats(core, null, input);
  return {
    free: seats.filter(({ status }) => isFree(status)),
    others: seats.filter(({ status }) => !isFree(status)),
  };
}

/** "Not free, and left out: A-4 HELD, A-5 SOLD, A-6 BLOCKED" */
function leftText(others: readonly SeatRow[]): string {
  const list = others.slice(0, 20).map(({ seatNo, status }) => `${seatNo} ${status}`);
  const more = others.length > list.length ? ", …" : "";
  return `Not free, and left out: ${list.join(", ")}${more}`;
}
