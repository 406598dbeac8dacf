import { Flags } from "@oclif/core";
import { durationMs } from "./durationMs.ts";

/** The flags of every command that changes something. */
export const operationFlags = {
  execute: Flags.boolean({
    description: "Execute the plan that the same command printed before",
    helpGroup: "OPERATION",
  }),
  job: Flags.string({
    description:
      "Run, continue or report this job; its id is in the plan. Limits of an earlier run, such " +
      "as --rps, are not kept",
    helpGroup: "OPERATION",
  }),
  reason: Flags.string({
    description: "Why you change it; the audit record keeps the reason",
    helpGroup: "OPERATION",
  }),
  confirm: Flags.string({
    description: "The name that a dangerous plan asks for",
    helpGroup: "OPERATION",
  }),
  operator: Flags.string({
    description: "Who makes the change; by default, the user of this machine",
    env: "ONSALE_OPERATOR",
    helpGroup: "OPERATION",
  }),
};

/** The flags of commands that change many things in steps. */
export const bulkFlags = {
  rps: Flags.integer({
    description: "Maximum number of changes per second",
    min: 1,
    helpGroup: "OPERATION",
  }),
  max: Flags.integer({
    description: "Stop after this many changes; run the same job again to continue",
    min: 1,
    helpGroup: "OPERATION",
  }),
  "abort-if": Flags.string({
    description:
      "Stop when a live figure crosses a bound, such as 'holds.p95>300ms'. Figures: holds.p95, " +
      "outbox.oldest (times: ms, s, min, h), outbox.pending, dead, queue.waiting, queue.active",
    helpGroup: "OPERATION",
    multiple: true,
  }),
};

/** The flag of commands that wait for others. */
export const timeoutFlag = Flags.custom<number>({
  description: "Longest time of this run, such as 90s or 10min; run the same job again to continue",
  helpGroup: "OPERATION",
  parse: async (text) => durationMs(text),
});
