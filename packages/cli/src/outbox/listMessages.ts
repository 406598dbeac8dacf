import { type CoreContext, type MessageRecord, type MessageState, timeSchema } from "@onsale/core";
import { CliError, EXIT } from "../cliError.ts";

/** The values of the flags that select and page messages. */
export interface ListRequest {
  readonly state: MessageState | undefined;
  readonly "aggregate-type"?: "reservation" | "payment" | "point-account" | undefined;
  readonly aggregate?: number | undefined;
  readonly type?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly before?: number | undefined;
  readonly limit: number;
}

/**
 * Lists messages, newest first.
 * @throws CliError with exit code 2 for a text that is not a time
 */
export function listMessages(
  core: CoreContext,
  request: ListRequest,
): Promise<readonly MessageRecord[]> {
  return core.outboxAdmin.list(
    null,
    {
      ids: undefined,
      aggregateType: request["aggregate-type"],
      aggregateId: request.aggregate,
      type: request.type,
      since: timeOf("--since", request.since),
      until: timeOf("--until", request.until),
    },
    { state: request.state, beforeId: request.before, max: request.limit },
  );
}

function timeOf(flag: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const { success, error } = timeSchema.safeParse(text);
  if (success) return new Date(text);
  throw new CliError("USAGE", `${flag}: ${error.issues[0]?.message}`, {
    exitCode: EXIT.usage,
    next: "Add --help to see the usage.",
  });
}
