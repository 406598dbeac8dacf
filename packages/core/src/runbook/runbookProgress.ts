import { z } from "zod";
import type { JsonObject } from "../ports/operationStore.ts";

const passedStepSchema = z.object({
  step: z.string(),
  /** already: the condition was true before. acknowledged: by the operator, without a condition. */
  result: z.enum(["already", "done", "acknowledged"]),
  read: z.string(),
  /** The job of its operation. */
  jobId: z.string().optional(),
});

const progressSchema = z.object({
  passed: z.array(passedStepSchema),
  /** The step that the run has reached. */
  current: z
    .object({
      step: z.string(),
      /** The audit record of the run; another run waits anew. */
      auditId: z.number(),
      /** Start of the wait, by the monotonic clock of the run's process. */
      sinceMs: z.number(),
      /** Since when every look has found the condition true, by the same clock. */
      trueSinceMs: z.number().optional(),
      /** The job of the step's operation; absent until the job has ended. */
      actedJobId: z.string().optional(),
    })
    .optional(),
  /** The step that failed, with its claim. */
  failure: z.object({ step: z.string(), claim: z.string(), read: z.string() }).optional(),
});

/** The checkpoint of a run. */
export type RunbookProgress = z.infer<typeof progressSchema>;
export type PassedStep = z.infer<typeof passedStepSchema>;

/** Reads the checkpoint of a job of `runbook.run`. */
export function progressOf(checkpoint: JsonObject | undefined): RunbookProgress {
  return progressSchema.parse(checkpoint ?? { passed: [] });
}
