import { z } from "zod";
import type { CoreContext } from "../../ports/coreContext.ts";
import type { Tx } from "../../ports/transaction.ts";
import { checkSales, hasDrifted } from "../../sales/checkSales.ts";
import { restoreReservations, restoreTotals } from "../../sales/rebuildSales.ts";
import { operation } from "../operation.ts";

const inputSchema = z.strictObject({});
type Input = z.infer<typeof inputSchema>;

/** Reservations or performances of one step: its row locks last some tens of milliseconds. */
const STEP_MAX = 500;

const checkpointSchema = z.object({
  part: z.enum(["reservations", "performances"]),
  after: z.int(),
});
type Checkpoint = z.infer<typeof checkpointSchema>;

const START: Checkpoint = { part: "reservations", after: 0 };

/**
 * Restores the sales projection from the reservations, while the consumer and the readers go on.
 * The facts of the plan are empty: the sale changes all the time, and each step decides with the
 * rows that it has locked.
 */
export const rebuildSalesOperation = operation<Input>({
  name: "sales.rebuild",
  summary: "Restore the sales projection from the reservations",
  input: inputSchema,
  confirmation: () => undefined,
  target: () => "sales",

  async plan(core) {
    const { compared, behind, wrongCount, wrong, wrongSumCount, sums } = await checkSales(core);
    return {
      facts: {},
      count: wrongCount + wrongSumCount,
      unit: "difference",
      sample: [
        ...wrong.map(({ reservationId }) => `reservation ${reservationId} is counted wrongly`),
        ...sums.map(({ performanceId }) => `performance ${performanceId} has another sum`),
      ].slice(0, SAMPLE_MAX),
      // Without a difference the run would change nothing, and an operator may still want it.
      hasEffect: true,
      notes: [
        `${compared} reservations were compared; ${behind} wait for a message on its way`,
        "The consumer and the readers go on; no figure is emptied meanwhile",
      ],
    };
  },

  async state(core) {
    const { wrongCount, wrongSumCount } = await checkSales(core);
    return { wrongReservations: wrongCount, wrongPerformances: wrongSumCount };
  },

  steps: {
    kind: "transaction",
    async step(core, tx, { checkpoint, max }) {
      const at = checkpoint ? checkpointSchema.parse(checkpoint) : START;
      const result = await restorePart(core, tx, at, Math.min(max, STEP_MAX));
      const { next, changed } = result;
      return { checkpoint: { ...(next ?? at) }, changed, isDone: next === undefined };
    },
  },

  async verify(core) {
    const report = await checkSales(core);
    const { wrongCount, wrongSumCount } = report;
    return [
      {
        claim: "the projection counts every reservation as it is, and sums them up",
        holds: !hasDrifted(report),
        read: `${wrongCount} wrong reservations, ${wrongSumCount} wrong sums`,
      },
    ];
  },

  inverse: () => ({ impossible: "the earlier figures were wrong" }),
});

/** Maximum number of lines of a plan's sample. */
const SAMPLE_MAX = 10;

async function restorePart(
  core: CoreContext,
  tx: Tx,
  { part, after }: Checkpoint,
  max: number,
): Promise<{ readonly next: Checkpoint | undefined; readonly changed: number }> {
  if (part === "reservations") {
    const { range, changed } = await restoreReservations(core, tx, after, max);
    const next: Checkpoint = range.isLast
      ? { part: "performances", after: 0 }
      : { part, after: range.upTo };
    return { next, changed };
  }
  const { lastId, changed } = await restoreTotals(core, tx, after, max);
  return { next: lastId === undefined ? undefined : { part, after: lastId }, changed };
}
