import {
  type CoreContext,
  executeOperation,
  findOperation,
  type JobReport,
  type OnsaleConfig,
  planOperation,
} from "@onsale/core";
import type { z } from "zod";
import type { AdminCaller } from "../../auth/access.ts";
import type { executeBody } from "./schema.ts";

/** The share of a request's time that a run may take; the rest remains for its answer. */
const RUN_SHARE_MAX = 0.5;

interface AdminCall {
  readonly core: CoreContext;
  readonly config: OnsaleConfig;
  readonly caller: AdminCaller;
}

/**
 * Runs a job, or continues it, for at most half of the request's time. A job that needs longer
 * stops between two steps, and the next request continues it.
 * @throws the errors of `executeOperation`
 */
export function runJob(
  { core, config, caller }: AdminCall,
  job: { readonly id: string; readonly operation: string; readonly input: object },
  request: z.output<typeof executeBody> = {},
): Promise<JobReport> {
  const { reason, confirm, max, perSecond } = request;
  return executeOperation(core, {
    ...{ operation: findOperation(job.operation), input: job.input, jobId: job.id },
    ...{ reason, confirmation: confirm, max, perSecond },
    timeoutMs: config.http.requestTimeoutMs * RUN_SHARE_MAX,
    operator: {
      name: caller.operator,
      host: core.processName,
      command: `POST /admin/jobs/${job.id}/execute`,
    },
  });
}

/** Plans an operation and runs the plan immediately, for an endpoint that creates something. */
export async function planAndRun(call: AdminCall, name: string, input: object) {
  const { core } = call;
  const { job } = await planOperation(core, { operation: findOperation(name), input });
  await runJob(call, job);
  return core.operations.findJob(null, job.id);
}
