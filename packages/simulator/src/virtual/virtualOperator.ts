import { CoreError, configureQueue } from "@onsale/core";
import { between, type SeededRandom } from "../chance/seededRandom.ts";
import { actAs } from "./actor.ts";
import { LIVES } from "./scenario.ts";
import type { Network } from "./virtualLink.ts";
import type { VirtualProcess } from "./virtualProcess.ts";

export interface OperatorTask {
  readonly queueId: string;
  /** The API processes that exist now. */
  apis(): readonly VirtualProcess[];
  /** Reports an error that no fault explains. */
  failed(error: unknown): void;
}

/** Changes the settings of the waiting room during the sale. */
export interface Operator {
  start(): void;
  /** Returns true when the change was acknowledged. */
  isDone(): boolean;
}

/**
 * Changes happen before this time, ms, so that some of them happen in the first generation of the
 * waiting room.
 */
const CHANGES_UNTIL_MS = 8_000;
const PAUSE_MS = 900;
/** The setting that changes, chosen because no other check depends on it. */
const CHANGE = { activationMs: LIVES.activationMs + 200 };

/** Repeats the change until it is acknowledged. */
export function virtualOperator(
  { scheduler, stalls }: Network,
  random: SeededRandom,
  { queueId, apis, failed }: OperatorTask,
): Operator {
  const self = { name: "operator", random, calls: 0 };
  let isDone = false;

  async function change(): Promise<void> {
    await scheduler.sleep(stalls.owner, between(self.random, 0, CHANGES_UNTIL_MS));
    for (let tried = 0; !isDone; tried += 1) {
      isDone = await tryAt(tried);
      if (!isDone) await scheduler.sleep(stalls.owner, PAUSE_MS);
    }
  }

  async function tryAt(target: number): Promise<boolean> {
    const processes = apis();
    const process = processes[target % processes.length];
    if (!process?.isAlive) return false;
    try {
      const input = { queueId, settings: CHANGE };
      return (await process.serve(self, (core) => configureQueue(core, input))) !== undefined;
    } catch (error) {
      if (!(error instanceof CoreError)) failed(error);
      return false;
    }
  }

  return {
    start: () => void actAs(self, change),
    isDone: () => isDone,
  };
}
