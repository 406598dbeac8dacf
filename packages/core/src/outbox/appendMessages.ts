import type { CoreContext } from "../ports/coreContext.ts";
import type { AggregateType } from "../ports/outboxStore.ts";
import type { Tx } from "../ports/transaction.ts";
import { bucketOf } from "./bucketOf.ts";

/** A committed change of an aggregate's state, as the world outside will hear of it. */
export interface Transition {
  readonly aggregateType: AggregateType;
  readonly aggregateId: number;
  /** The aggregate's version after the transition. */
  readonly aggregateVersion: number;
  /** "reservation.held", "payment.captured", … */
  readonly type: string;
  /** Plain JSON. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/**
 * Writes one outbox message for each transition, in the transaction that makes the transition: the
 * news exists exactly when the change does. The relay takes it from there.
 */
export async function appendMessages(
  core: Pick<CoreContext, "config" | "ids" | "outbox">,
  tx: Tx,
  transitions: readonly Transition[],
): Promise<void> {
  if (transitions.length === 0) return;
  const { buckets } = core.config.outbox;
  await core.outbox.append(
    tx,
    transitions.map((transition) => ({
      ...transition,
      messageId: core.ids.uuid(),
      bucket: bucketOf(transition.aggregateType, transition.aggregateId, buckets),
    })),
  );
}
