import {
  type CoreContext,
  CoreError,
  configureQueue,
  executeOperation,
  findOperation,
  planOperation,
} from "@onsale/core";
import { between, type SeededRandom } from "../chance/seededRandom.ts";
import { actAs } from "./actor.ts";
import { insistAtApis, type OperatorAccess } from "./operatorTask.ts";
import { LIVES } from "./scenario.ts";
import type { Network } from "./virtualLink.ts";

export interface OperatorTask extends OperatorAccess {
  readonly queueId: string;
}

/**
 * Changes the settings of the waiting room during the sale. In some seeds it also publishes all
 * messages again, while buyers cause new ones.
 */
export interface Operator {
  start(): void;
  /** Returns true when the change was acknowledged and the replay, if any, has ended. */
  isDone(): boolean;
}

/**
 * Changes happen before this time, ms, so that some of them happen in the first generation of the
 * waiting room.
 */
const CHANGES_UNTIL_MS = 8_000;
/** The setting that changes, chosen because no other check depends on it. */
const CHANGE = { activationMs: LIVES.activationMs + 200 };

/** Share of the seeds in which the operator replays messages. */
const REPLAY_SHARE = 0.25;
/** A replay begins before this time, ms: most sessions are under way. */
const REPLAY_UNTIL_MS = 30_000;
const REPLAY = findOperation("outbox.replay");
const OPERATOR = { name: "operator", host: "virtual", command: "onsale outbox replay" };

/** Random streams of the operator. The second one leaves seeds without a replay as they are. */
export interface OperatorRandom {
  readonly changes: SeededRandom;
  readonly replays: SeededRandom;
}

/** Repeats each task until it is acknowledged. */
export function virtualOperator(
  network: Network,
  { changes, replays }: OperatorRandom,
  { queueId, ...access }: OperatorTask,
): Operator {
  const { scheduler, stalls } = network;
  const self = { name: "operator", random: changes, calls: 0 };
  const replayer = { name: "replayer", random: replays, calls: 0 };
  const isReplaying = replays.next() < REPLAY_SHARE;
  let isChanged = false;
  let isReplayed = !isReplaying;

  async function change(): Promise<void> {
    await scheduler.sleep(stalls.owner, between(changes, 0, CHANGES_UNTIL_MS));
    const input = { queueId, settings: CHANGE };
    await insistAtApis(network, access, self, (core) => configureQueue(core, input));
    isChanged = true;
  }

  async function replay(): Promise<void> {
    await scheduler.sleep(stalls.owner, between(replays, 0, REPLAY_UNTIL_MS));
    await insistAtApis(network, access, replayer, replayAll());
    isReplayed = true;
  }

  return {
    start() {
      void actAs(self, change);
      if (isReplaying) void actAs(replayer, replay);
    },
    isDone: () => isChanged && isReplayed,
  };
}

/**
 * Makes a task that replays all messages which are published by now. A repetition of the task
 * continues the same job. A repetition makes a new plan only when the job can no longer begin.
 */
function replayAll(): (core: CoreContext) => Promise<unknown> {
  let planned: { readonly jobId: string; readonly input: object } | undefined;
  return async (core) => {
    if (!planned) {
      const until = new Date(core.clock.nowMs()).toISOString();
      const input = { status: "PUBLISHED", until };
      const { job } = await planOperation(core, { operation: REPLAY, input });
      planned = { jobId: job.id, input };
    }
    try {
      return await executeOperation(core, { operation: REPLAY, ...planned, operator: OPERATOR });
    } catch (error) {
      if (error instanceof CoreError && error.code.startsWith("PLAN_")) planned = undefined;
      throw error;
    }
  };
}
