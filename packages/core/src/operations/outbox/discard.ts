import { discardMessages } from "../../outbox/messageChanges.ts";
import { DISCARD_OPERATION } from "../../outbox/messageStates.ts";
import { InvalidInputError } from "../../shared/errors.ts";
import { operation } from "../operation.ts";
import { countsOf } from "./counts.ts";
import {
  namesMessages,
  nextStep,
  rangeOf,
  readSelected,
  type SelectionInput,
  selectionOf,
  selectionSchema,
} from "./selection.ts";

/** Discards DEAD messages that the operator names, so that the later ones can follow. */
export const discardOperation = operation<SelectionInput>({
  name: DISCARD_OPERATION,
  summary: "Never publish these dead messages; the later ones of their aggregates follow",
  input: selectionSchema,
  confirmation: nameOf,
  target: () => "outbox",

  async plan(core, input) {
    if (!namesMessages(input)) {
      throw new InvalidInputError("name the messages to discard by id or by aggregate", {
        field: "ids",
      });
    }
    const selection = await selectionOf(core, input);
    const { facts, count, sample } = await readSelected(core, selection, "DEAD");
    const notes = [
      "No consumer will receive them. Their payloads stay: `onsale outbox show` shows them.",
    ];
    return { facts, count, unit: "dead message", sample, notes };
  },

  state: countsOf,

  steps: {
    kind: "transaction",
    step: (core, tx, step) =>
      nextStep(core, step, (ids) => discardMessages(core, tx, ids, step.auditId)),
  },

  async verify(core, input, { facts }, { changed }) {
    if (!rangeOf(facts)) return [];
    const selection = await selectionOf(core, input);
    const { count } = await core.outboxAdmin.countSelected(null, selection, "DISCARDED");
    const claim = `at least ${changed} selected messages are DISCARDED`;
    return [{ claim, holds: count >= changed, read: `${count} DISCARDED` }];
  },

  inverse: () => ({
    impossible:
      "later messages of the aggregates may have been published, so the order would break",
  }),
});

/** The name that the operator repeats: one message, the number of messages, or the aggregate. */
function nameOf({ ids, aggregateType, aggregateId }: SelectionInput): string {
  if (ids?.length === 1) return ids[0] ?? "";
  return ids ? `${ids.length}-messages` : `${aggregateType}:${aggregateId}`;
}
