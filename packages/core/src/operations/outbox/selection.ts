import { z } from "zod";
import { MessageNotFoundError } from "../../outbox/errors.ts";
import type { CoreContext } from "../../ports/coreContext.ts";
import type { MessageRecord, MessageSelection } from "../../ports/outboxAdminStore.ts";
import type { MessageStatus } from "../../ports/outboxStore.ts";
import { InvalidInputError } from "../../shared/errors.ts";
import { timeSchema } from "../../shared/storableTime.ts";
import type { Facts, StepInput, StepResult } from "../operation.ts";

/** Maximum number of named messages. A person selects more messages by a condition. */
const IDS_MAX = 100;
/** A plan shows this many of its messages. */
const SAMPLE_MAX = 10;

/** The conditions of an operation on outbox messages. A message is selected if it matches all. */
export const selectionSchema = z.strictObject({
  /** Stored ids or message ids. */
  ids: z
    .array(z.string().regex(/^([1-9]\d{0,15}|[0-9a-f-]{36})$/, "is neither a number nor a UUID"))
    .min(1)
    .max(IDS_MAX)
    .optional(),
  aggregateType: z.enum(["reservation", "payment", "point-account"]).optional(),
  aggregateId: z.int().min(1).optional(),
  type: z
    .string()
    .regex(/^[\w.-]{1,64}$/, "is not the type of an event, such as payment.captured")
    .optional(),
  since: timeSchema.optional(),
  until: timeSchema.optional(),
});

export type SelectionInput = z.infer<typeof selectionSchema>;

/** Whether the input names its messages, so that no later message can join the selection. */
export function namesMessages({ ids, aggregateType, aggregateId }: SelectionInput): boolean {
  return ids !== undefined || (aggregateType !== undefined && aggregateId !== undefined);
}

/**
 * Converts the input of an operation to a selection.
 * @throws MessageNotFoundError for an id that no message has
 */
export async function selectionOf(
  core: CoreContext,
  input: SelectionInput,
): Promise<MessageSelection> {
  const { ids, aggregateType, aggregateId, type, since, until } = input;
  return {
    ids: ids && (await Promise.all(ids.map((id) => storedIdOf(core, id)))),
    ...{ aggregateType, aggregateId, type, since: dateOf(since), until: dateOf(until) },
  };
}

/**
 * Refuses a time range that is still open: more messages would join it after the plan.
 * @throws InvalidInputError
 */
export function requireClosed(core: CoreContext, input: SelectionInput): void {
  if (namesMessages(input)) return;
  const until = dateOf(input.until);
  if (until !== undefined && until.getTime() <= core.clock.nowMs()) return;
  throw new InvalidInputError(
    "name the messages by id or by aggregate, or end the time range with a time in the past",
    { field: "until" },
  );
}

async function storedIdOf(core: CoreContext, id: string): Promise<number> {
  const found = await core.outboxAdmin.find(null, /^\d+$/.test(id) ? Number(id) : id);
  if (!found) throw new MessageNotFoundError(id);
  return found.id;
}

const dateOf = (text: string | undefined): Date | undefined =>
  text === undefined ? undefined : new Date(text);

/** The messages that a plan is about: their facts, and the first of them. */
export async function readSelected(
  core: CoreContext,
  selection: MessageSelection,
  status: MessageStatus,
): Promise<{ readonly facts: Facts; readonly count: number; readonly sample: readonly string[] }> {
  const { outboxAdmin } = core;
  const { count, firstId, lastId } = await outboxAdmin.countSelected(null, selection, status);
  const first =
    lastId === undefined
      ? []
      : await outboxAdmin.nextSelected(null, selection, {
          ...{ status, afterId: 0, upToId: lastId, max: SAMPLE_MAX },
        });
  const facts = { status, messages: count, firstId: firstId ?? null, lastId: lastId ?? null };
  return { facts, count, sample: first.map(lineOf) };
}

function lineOf(message: MessageRecord): string {
  const { id, type, aggregateType, aggregateId, aggregateVersion } = message;
  return `${id} ${type} ${aggregateType}:${aggregateId} version ${aggregateVersion}`;
}

/** The range of ids that a plan covers; undefined when it selected no message. */
export function rangeOf(facts: Facts): { firstId: number; lastId: number } | undefined {
  const { firstId, lastId } = facts;
  if (typeof firstId !== "number" || typeof lastId !== "number") return undefined;
  return { firstId, lastId };
}

/**
 * Takes the next messages of the selection, in the order of their ids, which is the order of the
 * versions of each aggregate. The checkpoint is the id of the last one.
 */
export async function nextStep(
  core: CoreContext,
  { input, facts, checkpoint, max }: StepInput<SelectionInput>,
  change: (ids: readonly number[]) => Promise<number>,
): Promise<StepResult> {
  const range = rangeOf(facts);
  const afterId = typeof checkpoint?.afterId === "number" ? checkpoint.afterId : 0;
  if (!range) return { checkpoint: { afterId }, changed: 0, isDone: true };
  const { status = "DEAD" } = facts;
  const next = await core.outboxAdmin.nextSelected(null, await selectionOf(core, input), {
    ...{ status: status === "PUBLISHED" ? status : "DEAD", afterId, upToId: range.lastId, max },
  });
  const ids = next.map(({ id }) => id);
  const changed = await change(ids);
  const last = ids.at(-1) ?? range.lastId;
  return { checkpoint: { afterId: last }, changed, isDone: next.length < max };
}
