import { setTimeout as sleep } from "node:timers/promises";
import { Connection, type RequestEnd } from "../load/connection.ts";
import type { Target } from "../load/loadPlan.ts";

/** One answer of a polled read. */
export interface PolledAnswer {
  readonly sentMs: number;
  readonly gotMs: number;
  readonly body: Buffer;
}

/** Repeats one read on one process, one request at a time. */
export interface ReadPoller {
  /** Receives each answer; undefined to ignore the answers. */
  onAnswer: ((answer: PolledAnswer) => void) | undefined;
  /** The slowest answer so far, ms, and the number of answers. */
  slowestMs(): number;
  answers(): number;
  /** Ends the polling. @throws Error when a request had no answer of status 200 */
  stop(): Promise<void>;
}

/** Pause between an answer and the next request, ms. */
const PAUSE_MS = 2;

/** Starts to poll. */
export function pollRead(target: Target, text: string): ReadPoller {
  const connection = new Connection(target);
  let slowestMs = 0;
  let answers = 0;
  let isStopped = false;
  const poller: ReadPoller = {
    onAnswer: undefined,
    slowestMs: () => slowestMs,
    answers: () => answers,
    async stop() {
      isStopped = true;
      await running;
    },
  };
  const running = run();
  // A failure is thrown by `stop`.
  running.catch(() => undefined);
  return poller;

  async function run(): Promise<void> {
    while (!isStopped) {
      const sentMs = performance.now();
      const end = await new Promise<RequestEnd>((resolve) => connection.send(text, resolve));
      const gotMs = performance.now();
      if ("lost" in end || end.status !== 200) {
        connection.close();
        throw new Error(`a polled read failed: ${"lost" in end ? end.lost : end.status}`);
      }
      slowestMs = Math.max(slowestMs, gotMs - sentMs);
      answers += 1;
      poller.onAnswer?.({ sentMs, gotMs, body: Buffer.concat(end.body) });
      await sleep(PAUSE_MS);
    }
    connection.close();
  }
}
