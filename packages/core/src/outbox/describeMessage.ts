import type { CoreContext } from "../ports/coreContext.ts";
import type { MessageRecord, PublicationRecord } from "../ports/outboxAdminStore.ts";
import { MessageNotFoundError } from "./errors.ts";

/** Maximum number of blocked messages, and of publications, that are read. */
const ROWS_MAX = 100;
const DECIMAL = /^\d{1,15}$/;

/** A message with its relations to other messages. */
export interface DescribedMessage {
  readonly message: MessageRecord;
  /** The earlier failed message of its aggregate for which it waits. */
  readonly blockedBy: MessageRecord | undefined;
  /** Later messages of its aggregate that wait for it, at most 100. */
  readonly blocks: readonly MessageRecord[];
  /** Oldest first, at most 100. */
  readonly publications: readonly PublicationRecord[];
}

/**
 * Finds a message by its stored id or its message id.
 * @throws MessageNotFoundError
 */
export async function describeMessage(
  { outboxAdmin }: Pick<CoreContext, "outboxAdmin">,
  id: string,
): Promise<DescribedMessage> {
  const message = await outboxAdmin.find(null, DECIMAL.test(id) ? Number(id) : id);
  if (!message) throw new MessageNotFoundError(id);
  const { aggregateType, aggregateId, blockedByVersion } = message;
  const hasFailed = message.state === "DEAD" || message.lastError !== undefined;
  const [earlier, blocks, publications] = await Promise.all([
    blockedByVersion === undefined
      ? []
      : outboxAdmin.listVersion(null, {
          ...{ aggregateType, aggregateId, aggregateVersion: blockedByVersion },
        }),
    hasFailed ? outboxAdmin.listLater(null, message, ROWS_MAX) : [],
    outboxAdmin.listPublications(null, message, ROWS_MAX),
  ]);
  return { message, blockedBy: earlier[0], blocks, publications };
}
