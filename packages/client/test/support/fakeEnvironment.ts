import type { Link } from "../../src/http/call.ts";
import type { Environment } from "../../src/shared/environment.ts";

/** A request that the client sent, and when. */
export interface SeenRequest {
  readonly atMs: number;
  readonly method: string;
  /** The path below the prefix, with the query. */
  readonly path: string;
  readonly headers: Headers;
  readonly body: string | undefined;
}

type Answer = (request: SeenRequest, signal: AbortSignal) => Response | Promise<Response>;

/** A platform without a network, whose time moves only by `advance`. */
export interface FakeEnvironment extends Environment {
  readonly seen: SeenRequest[];
  /** Answers all requests from now on. */
  answerWith(answer: Answer): void;
  /** Moves the time, and runs every timer that is due. */
  advance(ms: number): Promise<void>;
  /** Sets the clock of the machine forward, or back with a negative time; no timer notices. */
  jump(ms: number): void;
  timerCount(): number;
}

const BASE_URL = "http://onsale.test/api/v1";

/** Creates a platform. `random` is always one half. */
export function fakeEnvironment(): FakeEnvironment {
  let nowMs = 1_000_000;
  let jumpedMs = 0;
  let keys = 0;
  let answer: Answer = () => new Response(null, { status: 500 });
  const timers = new Map<() => void, number>();
  const seen: SeenRequest[] = [];
  return {
    seen,
    answerWith(given) {
      answer = given;
    },
    async fetch(url, { method = "GET", headers, body, signal }) {
      const request = {
        ...{ atMs: nowMs, method, path: url.replace(BASE_URL, "") },
        ...{ headers: new Headers(headers), body: typeof body === "string" ? body : undefined },
      };
      seen.push(request);
      return await answer(request, signal ?? new AbortController().signal);
    },
    nowMs: () => nowMs + jumpedMs,
    monotonicMs: () => nowMs,
    jump(ms) {
      jumpedMs += ms;
    },
    random: () => 0.5,
    fillRandom(bytes) {
      keys += 1;
      bytes.fill(keys);
    },
    after(ms, run) {
      const timer = (): void => run();
      timers.set(timer, nowMs + ms);
      return () => void timers.delete(timer);
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      await settle();
      for (;;) {
        const [next] = [...timers].sort(([, a], [, b]) => a - b);
        if (next === undefined || next[1] > untilMs) break;
        timers.delete(next[0]);
        nowMs = Math.max(nowMs, next[1]);
        next[0]();
        await settle();
      }
      nowMs = untilMs;
    },
    timerCount: () => timers.size,
  };
}

/** Waits until everything that needs no time has happened, also the reading of a body. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 5; round += 1) await new Promise(setImmediate);
}

/** A link of the client on this platform. */
export function linkOn(environment: Environment, changes: Partial<Link> = {}): Link {
  const limits = { attemptTimeoutMs: 15_000, attemptsMax: 4, headers: {} };
  return { environment, baseUrl: BASE_URL, ...limits, ...changes };
}

/** A request that is answered never, only aborted. */
export function neverAnswer(_request: SeenRequest, signal: AbortSignal): Promise<Response> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

/** A successful answer. */
export function accepted(data: unknown, headers: Record<string, string> = {}): Response {
  return Response.json({ data }, { headers });
}

/** A refusal of the API. */
export function refused(
  status: number,
  code: string,
  headers: Record<string, string> = {},
): Response {
  const body = { type: `/docs#${code}`, title: code, status, detail: code, code, requestId: "r-1" };
  return Response.json(body, {
    status,
    headers: { "content-type": "application/problem+json", ...headers },
  });
}

/** The refusal of a process with too much work. */
export const overloaded = (seconds = "1"): Response =>
  refused(503, "OVERLOADED", { "retry-after": seconds });
