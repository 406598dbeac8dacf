import { configureQueueOperation } from "../../operations/queue/configure.ts";
import { modeIs } from "../readings/queueReadings.ts";
import type { OperationStep } from "../runbook.ts";

/** The first step of a runbook about damaged money or seats: stop more damage. */
export const pauseStep: OperationStep = {
  kind: "operation",
  name: "pause",
  title: "Stop the admissions of the queue, so that the damage does not grow",
  operation: configureQueueOperation,
  input: async ({ subject }) => ({ queueId: subject, settings: { mode: "paused" } }),
  done: modeIs("paused"),
  withinMs: 5_000,
};

/** The last step: it is reached only after the checks. */
export const resumeStep: OperationStep = {
  kind: "operation",
  name: "resume",
  title: "Open the queue, because the data is proven right",
  operation: configureQueueOperation,
  input: async ({ subject }) => ({ queueId: subject, settings: { mode: "open" } }),
  done: modeIs("open"),
  withinMs: 5_000,
};
