import { z } from "zod";
import { ConcertNotFoundError } from "../../catalog/errors.ts";
import { catalogText } from "../../catalog/seatPlan.ts";
import { operation } from "../operation.ts";
import { requireConcert } from "./performanceFacts.ts";

const inputSchema = z.strictObject({
  concertId: z.int().min(1),
  changes: z
    .strictObject({ title: catalogText("title"), singer: catalogText("singer") })
    .partial()
    .refine((changes) => Object.keys(changes).length > 0, "must have at least one change"),
});
type Input = z.infer<typeof inputSchema>;

/** Changes title or singer of a concert. */
export const editConcertOperation = operation<Input>({
  name: "concert.edit",
  summary: "Change title or singer of a concert",
  input: inputSchema,
  confirmation: () => undefined,
  target: ({ concertId }) => `concert:${concertId}`,

  async plan(core, { concertId, changes }) {
    const { title, singer } = await requireConcert(core, concertId);
    const sample = [
      ...(changes.title === undefined || changes.title === title
        ? []
        : [`title: ${title} -> ${changes.title}`]),
      ...(changes.singer === undefined || changes.singer === singer
        ? []
        : [`singer: ${singer} -> ${changes.singer}`]),
    ];
    const notes = ["Earlier messages and notifications keep the old texts"];
    return { facts: { title, singer }, count: sample.length, unit: "text", sample, notes };
  },

  async state(core, { concertId }) {
    const { title, singer } = await requireConcert(core, concertId);
    return { title, singer };
  },

  steps: {
    kind: "transaction",
    async step(core, tx, { input: { concertId, changes }, facts }) {
      const concert = await core.catalog.findConcert(tx, concertId);
      if (!concert) throw new ConcertNotFoundError(concertId);
      const texts = {
        title: changes.title ?? concert.title,
        singer: changes.singer ?? concert.singer,
      };
      await core.catalog.updateConcert(tx, concertId, texts);
      const changed = [texts.title !== facts.title, texts.singer !== facts.singer];
      return { checkpoint: {}, changed: changed.filter(Boolean).length, isDone: true };
    },
  },

  async verify(core, { concertId, changes }) {
    const now = await requireConcert(core, concertId);
    const holds =
      (changes.title ?? now.title) === now.title && (changes.singer ?? now.singer) === now.singer;
    const read = `${now.title}, ${now.singer}`;
    return [{ claim: `concert ${concertId} has the new texts`, holds, read }];
  },

  inverse: ({ concertId, changes }, before) => ({
    operation: "concert.edit",
    input: {
      concertId,
      changes: Object.fromEntries(Object.keys(changes).map((name) => [name, before[name]])),
    },
  }),
});
