import { type Job, planSchema } from "@onsale/core";

/** The target of an undo of a runbook is a job, and its id would only fill the line. */
const NAMED_TARGET = /^(?!rollback:)[^:]+:./;

/** The operation with the thing that it changes: "queue.configure queue:main". */
export function changeText({ operation, plan }: Pick<Job, "operation" | "plan">): string {
  const { target = "" } = planSchema.partial().safeParse(plan).data ?? {};
  return NAMED_TARGET.test(target) ? `${operation} ${target}` : operation;
}
