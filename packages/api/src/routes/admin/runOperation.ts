import {
  type CoreContext,
  executeOperation,
  findOperation,
  type JobReport,
  type OnsaleConfig,
  planAndExecute,
} from "@onsale/core";
import type { z } from "zod";
import type { AdminCaller } from "../../auth/access.ts";
import type { Call } from "../../http/endpoint.ts";
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

/**
 * Plans an operation and runs the plan immediately, for an endpoint that creates something. The
 * same Idempotency-Key gets the result of the first request.
 * @param made reads what the job made from its last checkpoint
 * @throws the errors of `planAndExecute`
 */
export async function createByOperation<Made>(
  call: AdminCall & Pick<Call<unknown, unknown, unknown, AdminCaller>, "idempotency">,
  change: { readonly name: string; readonly input: object; readonly path: string },
  made: z.ZodType<Made>,
): Promise<{ readonly data: Made; readonly replayed: boolean }> {
  const { core, config, caller, idempotency } = call;
  const { jobId, isRepetition } = await planAndExecute(core, {
    ...{ operation: findOperation(change.name), input: change.input, idempotency },
    timeoutMs: config.http.requestTimeoutMs * RUN_SHARE_MAX,
    operator: {
      name: caller.operator,
      host: core.processName,
      command: `POST ${change.path}`,
    },
  });
  const job = await core.operations.findJob(null, jobId);
  return { data: made.parse(job?.checkpoint), replayed: isRepetition };
}
