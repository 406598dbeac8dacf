import { CoreError, configureQueue } from "@onsale/core";
import { actAs } from "./actor.ts";
import { between, namedStream } from "./prng.ts";
import { LIVES } from "./scenario.ts";
import type { Network } from "./virtualLink.ts";
import type { VirtualProcess } from "./virtualProcess.ts";

export interface OperatorWorld extends Network {
  readonly seed: number;
  readonly queueId: string;
  /** The API's processes as they live now. */
  apis(): readonly VirtualProcess[];
  /** What the operator was told, which no fault explains. */
  failed(error: unknown): void;
}

/** Somebody who changes how the waiting room works while the sale goes on. */
export interface Operator {
  start(): void;
  /** Whether the change was acknowledged. */
  isDone(): boolean;
}

/** Early enough to meet the waiting room's first life, and late enough to miss it. */
const CHANGES_UNTIL_MS = 8_000;
const PAUSE_MS = 900;
/** Something that no other check looks at, and that is not as it was. */
const CHANGE = { activationMs: LIVES.activationMs + 200 };

/** Repeats the change until it is acknowledged, as an operator is told to. */
export function virtualOperator(world: OperatorWorld): Operator {
  const { scheduler, stalls, seed, queueId } = world;
  const self = { name: "operator", random: namedStream(seed, "operator"), calls: 0 };
  let isDone = false;

  async function change(): Promise<void> {
    await scheduler.sleep(stalls.owner, between(self.random, 0, CHANGES_UNTIL_MS));
    for (let tried = 0; !isDone; tried += 1) {
      isDone = await tryAt(tried);
      if (!isDone) await scheduler.sleep(stalls.owner, PAUSE_MS);
    }
  }

  async function tryAt(target: number): Promise<boolean> {
    const apis = world.apis();
    const process = apis[target % apis.length];
    if (!process?.isAlive) return false;
    try {
      const input = { queueId, settings: CHANGE };
      return (await process.serve(self, (core) => configureQueue(core, input))) !== undefined;
    } catch (error) {
      if (!(error instanceof CoreError)) world.failed(error);
      return false;
    }
  }

  return {
    start: () => void actAs(self, change),
    isDone: () => isDone,
  };
}
