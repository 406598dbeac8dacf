/**
 * A process that makes one hold, publishes its event by one variant, and ends itself by kill -9 at
 * one point. It prints the id of the reservation first. Only the study of the outbox starts it.
 */
import { writeSync } from "node:fs";
import { type CoreContext, holdSeats, openCore, outboxRelay, readConfig } from "@onsale/core";
import type { KillPoint, PublishVariant } from "../../study/events/outboxReport.ts";
import { type Messages, publishDirectly, withoutOutbox } from "./directEvents.ts";

/** The order of the study, in the environment of the process. */
export interface KilledHold {
  readonly variant: PublishVariant;
  readonly point: KillPoint;
  readonly seatId: number;
  readonly userId: number;
  readonly queueId: string;
}

/** Pause while a relay that was killed before still has the leases. */
const LEASE_PAUSE_MS = 100;
/** Time limit for the message. The lease of a killed relay ends within it. */
const RELAY_MS_MAX = 90_000;

class RolledBackError extends Error {}

if (import.meta.main) {
  const order: KilledHold = JSON.parse(process.env.STUDY_HOLD ?? "{}");
  const { core, close } = await openCore(readConfig(process.env), { role: "all" });
  await holdAndDie(core, order);
  await close();
}

async function holdAndDie(core: CoreContext, order: KilledHold): Promise<void> {
  const { point, variant, seatId, userId, queueId } = order;
  const dieAt = (here: KillPoint): void => {
    if (here === point) process.kill(process.pid, "SIGKILL");
  };
  let appended: Messages = [];
  /** The end of the transaction's work: the next statement is COMMIT. */
  const beforeCommit = (messages: Messages): void => {
    appended = messages;
    for (const { aggregateId } of messages) writeSync(1, `${aggregateId}\n`);
    dieAt("before-commit");
    if (point === "rollback") throw new RolledBackError();
  };
  const holding =
    variant === "outbox" ? storing(core, beforeCommit) : direct(core, variant, beforeCommit);
  try {
    await holdSeats(holding, { userId, seatIds: [seatId], queueId });
  } catch (error) {
    if (error instanceof RolledBackError) return;
    throw error;
  }
  dieAt("after-commit");
  if (variant === "after-commit") await publishDirectly(core, appended);
  const [event] = appended;
  if (variant === "outbox" && event && point === "after-publish") {
    await relayAndDie(core, event.messageId, () => dieAt(point));
  }
  dieAt("after-publish");
}

/** The product's outbox, with a look at the end of the transaction. */
function storing(core: CoreContext, then: (messages: Messages) => void): CoreContext {
  const append: CoreContext["outbox"]["append"] = async (tx, messages) => {
    await core.outbox.append(tx, messages);
    then(messages);
  };
  return { ...core, outbox: { ...core.outbox, append } };
}

function direct(
  core: CoreContext,
  variant: PublishVariant,
  then: (messages: Messages) => void,
): CoreContext {
  return withoutOutbox(core, async (messages) => {
    if (variant === "before-commit") await publishDirectly(core, messages);
    then(messages);
  });
}

/** Relays until the message is published, and ends the process before the message is marked. */
async function relayAndDie(core: CoreContext, messageId: string, die: () => void): Promise<void> {
  const { publisher } = core;
  const relay = outboxRelay({
    ...core,
    publisher: {
      async publish(messages) {
        const failures = await publisher.publish(messages);
        if (messages.some((message) => message.messageId === messageId)) die();
        return failures;
      },
    },
  });
  const endMs = core.clock.monotonicMs() + RELAY_MS_MAX;
  while ((await core.outbox.backlog(null)).pending > 0) {
    if (core.clock.monotonicMs() > endMs) throw new Error("The message was not published in time");
    await relay.runOnce();
    await core.clock.sleep(LEASE_PAUSE_MS);
  }
  await relay.release();
}
