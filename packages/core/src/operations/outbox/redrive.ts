import { redriveMessages } from "../../outbox/messageChanges.ts";
import { operation } from "../operation.ts";
import { countsOf } from "./counts.ts";
import {
  nextStep,
  rangeOf,
  readSelected,
  type SelectionInput,
  selectionOf,
  selectionSchema,
} from "./selection.ts";

/** Makes DEAD messages PENDING again, the oldest of each aggregate first. */
export const redriveOperation = operation<SelectionInput>({
  name: "outbox.redrive",
  summary: "Publish dead messages after their cause was mended",
  input: selectionSchema,
  confirmation: () => undefined,
  target: () => "outbox",

  async plan(core, input) {
    const selection = await selectionOf(core, input);
    const { facts, count, sample } = await readSelected(core, selection, "DEAD");
    const failures = await core.outboxAdmin.listFailures(null, 3);
    const notes = failures.map(
      ({ aggregateType, messages, error }) => `${messages} of ${aggregateType} failed: ${error}`,
    );
    return { facts, count, unit: "dead message", sample, notes };
  },

  state: countsOf,

  steps: {
    kind: "transaction",
    step: (core, tx, step) => nextStep(core, step, (ids) => redriveMessages(core, tx, ids)),
  },

  async verify(core, input, { facts }) {
    if (!rangeOf(facts)) return [];
    const selection = await selectionOf(core, input);
    const { count } = await core.outboxAdmin.countSelected(null, selection, "DEAD");
    const claim = "no selected message is DEAD";
    return [{ claim, holds: count === 0, read: `${count} DEAD` }];
  },

  inverse: () => ({ impossible: "relays may have published the messages already" }),
});
