/**
 * Faults: what goes wrong in a simulated sale.
 *
 * A seed draws one fault profile. The profile says how many faults are scheduled, what share of
 * calls fails and what share of messages is refused. There are three kinds:
 *
 * - A *scheduled fault* happens at a moment of the sale: Redis loses its data, a server stalls, a
 *   process is killed, or the offsets of the consumer group are moved back. `scheduledFaults.ts`
 *   runs these faults.
 * - A *call fault* happens to one call: a round trip of a process to a server (`virtualLink.ts`)
 *   or a request of a client to the API (`virtualTransport.ts`).
 * - A *refusal*: the broker or the external platform answers, and does not accept a message. It
 *   refuses the message once or twice, and then accepts it (`refusingPorts.ts`).
 *
 * | call fault | the server does the work | the caller |
 * |---|---|---|
 * | lost-request | never | learns immediately that the connection broke |
 * | lost-answer | immediately | learns that the connection broke |
 * | late-request | `ms` later | learns immediately that the connection broke |
 * | slow-request | `ms` later | waits |
 * | slow-answer | immediately | waits `ms` longer |
 * | crash-before | never | dies; its process restarts after `downMs` |
 * | crash-after | immediately | dies; its process restarts after `downMs` |
 *
 * A client cannot crash. When crash-before or crash-after is drawn for a request of a client, the
 * answer is slow instead, and the client gives up after some time.
 *
 * The actor's own random stream decides at each call. A call without a fault draws once. A call
 * with a fault draws five times, for every kind of fault, and even when a schedule excludes the
 * fault or the faults have ended. So excluding one fault never changes another one. The narrowing
 * of a failed run depends on this. The id of a call fault has the actor and the number of the call,
 * `api-1#12`. The id of a scheduled fault has its number, `scheduled#2`.
 *
 * Not simulated: a connection that breaks within an answer, changed bytes, and several database
 * nodes. After `stop()` no fault happens any more, and the liveness checks begin.
 */
import { below, between, type RandomStreams, type SeededRandom } from "../chance/seededRandom.ts";
import type { Actor } from "./actor.ts";

export type Server = "mysql" | "redis" | "kafka";

/** A fault of one call. The table above explains the kinds. */
export type CallFault =
  | { readonly kind: "lost-request" }
  /**
   * A client notices a lost answer after `ms`. A process notices the loss when the answer would
   * have arrived.
   */
  | { readonly kind: "lost-answer"; readonly ms: number }
  | { readonly kind: "late-request"; readonly ms: number }
  | { readonly kind: "slow-request"; readonly ms: number }
  | { readonly kind: "slow-answer"; readonly ms: number }
  | { readonly kind: "crash-before"; readonly downMs: number }
  | { readonly kind: "crash-after"; readonly downMs: number };

/** A fault at a moment of the sale. `atMs` counts from the opening of the sale. */
export type ScheduledFault = { readonly atMs: number } & (
  | { readonly kind: "redis-loss" }
  /**
   * Redis loses its data after the next promotion. The promoting process then pauses before MySQL
   * records the promotion.
   */
  | { readonly kind: "loss-at-promotion"; readonly ms: number }
  | { readonly kind: "stall"; readonly server: Server; readonly ms: number }
  | { readonly kind: "kill"; readonly processIndex: number; readonly downMs: number }
  | { readonly kind: "rewind"; readonly by: number }
);

/** How many faults a run has. */
export interface FaultProfile {
  /** The share of calls that have a fault, 0 to 1. */
  readonly callFaultShare: number;
  readonly scheduledFaults: number;
  /** The share of messages that the broker, and the platform, first refuse, 0 to 1. */
  readonly refusalShare: number;
  /** The largest difference between a process's clock and the servers' clock, ms. */
  readonly skewMs: number;
}

const FAULT_PROFILES: readonly FaultProfile[] = [
  { callFaultShare: 0, scheduledFaults: 0, refusalShare: 0, skewMs: 0 },
  { callFaultShare: 0, scheduledFaults: 2, refusalShare: 0, skewMs: 50 },
  { callFaultShare: 0.002, scheduledFaults: 2, refusalShare: 0.03, skewMs: 50 },
  { callFaultShare: 0.006, scheduledFaults: 4, refusalShare: 0.03, skewMs: 200 },
  { callFaultShare: 0.02, scheduledFaults: 6, refusalShare: 0.1, skewMs: 200 },
];

/** Draws the fault profile of a seed. All profiles are equally likely. */
export function faultProfileOf(streams: RandomStreams): FaultProfile {
  const random = streams("fault profile");
  const profile = FAULT_PROFILES[below(random, FAULT_PROFILES.length)];
  if (!profile) throw new RangeError("below() returned an index outside of its bound");
  return profile;
}

/** Longer than any hold, lease, lock, admission or poll interval of a virtual sale, ms. */
const LONG_MS = 12_000;
const SHORT_MS = 400;
/**
 * The longest downtime of a crashed process, ms. The downtime can be shorter or longer than the
 * leases of the process.
 */
const DOWN_MS_MAX = 6_000;
/** Maximum number of refusals of one message, low because each refusal doubles the pause. */
const REFUSALS_MAX = 2;
/** Longer than a rebuild of the waiting room, shorter than most admissions last, ms. */
const PROMOTION_PAUSE_MS_MAX = 2_000;
/** Scheduled faults begin before this time, while buyers arrive and buy, ms. */
const FAULTS_UNTIL_MS = 15_000;

/** The faults of one run. They depend only on the seed, not on the order of steps. */
export class Faults {
  readonly scheduled: readonly (ScheduledFault & { readonly id: string })[];
  /** The ids of the faults that happened, in order. A narrowed run can exclude each of them. */
  readonly happened: string[] = [];
  readonly #share: number;
  readonly #refusalShare: number;
  readonly #streams: RandomStreams;
  /** The number of refusals of each message: those that remain, and those that were drawn. */
  readonly #refusals = new Map<string, { left: number; done: number }>();
  readonly #only: ReadonlySet<string> | undefined;
  #over = false;

  /**
   * @param only the ids of the faults that may happen; default: all
   * @param untilMs scheduled faults begin before this time
   */
  constructor(
    streams: RandomStreams,
    profile: FaultProfile,
    processes: number,
    only?: ReadonlySet<string>,
    untilMs = FAULTS_UNTIL_MS,
  ) {
    this.#share = profile.callFaultShare;
    this.#refusalShare = profile.refusalShare;
    this.#streams = streams;
    this.#only = only;
    const random = streams("scheduled faults");
    const all = Array.from({ length: profile.scheduledFaults }, (_unused, index) => ({
      ...drawScheduledFault(random, processes, untilMs),
      id: `scheduled#${index + 1}`,
    }));
    this.scheduled = all.sort((one, other) => one.atMs - other.atMs);
  }

  /** Ends the faults: from now on no call fails and no scheduled fault begins. */
  stop(): void {
    this.#over = true;
  }

  /** Returns false when the schedule excludes the fault. */
  allows(id: string): boolean {
    return this.#only?.has(id) ?? true;
  }

  get areOver(): boolean {
    return this.#over;
  }

  /**
   * Draws the fault of the actor's next call; undefined when the call has no fault.
   * @param canCrash true for a process, false for a client
   */
  callFaultOf(actor: Actor, canCrash: boolean): CallFault | undefined {
    actor.calls += 1;
    if (this.#share === 0 || actor.random.next() >= this.#share) return undefined;
    const fault = drawCallFault(actor.random, canCrash);
    const id = callName(actor, actor.calls);
    if (this.#over || !this.allows(id)) return undefined;
    this.happened.push(id);
    return fault;
  }

  /**
   * Returns true when this attempt for the message is refused. The message's own random stream
   * decides the number of refusals, so excluding one refusal does not change others.
   * @param message the receiver and the message: "broker-reservation:7v2"
   */
  refuses(message: string): boolean {
    if (this.#refusalShare === 0) return false;
    const refusal = this.#refusals.get(message) ?? { left: this.#refusalsOf(message), done: 0 };
    this.#refusals.set(message, refusal);
    if (refusal.left === 0) return false;
    refusal.left -= 1;
    refusal.done += 1;
    const id = `${message}#${refusal.done}`;
    if (this.#over || !this.allows(id)) return false;
    this.happened.push(id);
    return true;
  }

  #refusalsOf(message: string): number {
    const random = this.#streams(`refusals of ${message}`);
    return random.next() < this.#refusalShare ? 1 + below(random, REFUSALS_MAX) : 0;
  }
}

/** Returns the name of the actor's n-th call. */
export function callName({ key, name }: Actor, nth: number): string {
  return `${key ?? name}#${nth}`;
}

/**
 * Draws the same number of times for every kind of fault, so that excluding a fault does not change
 * any other.
 */
function drawCallFault(random: SeededRandom, canCrash: boolean): CallFault {
  const kind = random.next();
  const isLong = random.next() < 0.3;
  const ms = Math.round(between(random, 1, isLong ? LONG_MS : SHORT_MS));
  const downMs = Math.round(between(random, 1, DOWN_MS_MAX));
  if (kind < 0.2) return { kind: "lost-request" };
  if (kind < 0.4) return { kind: "lost-answer", ms };
  if (kind < 0.5) return { kind: "late-request", ms };
  if (kind < 0.7) return { kind: "slow-request", ms };
  if (kind < 0.8 || !canCrash) return { kind: "slow-answer", ms };
  return { kind: kind < 0.9 ? "crash-before" : "crash-after", downMs };
}

function drawScheduledFault(
  random: SeededRandom,
  processes: number,
  untilMs: number,
): ScheduledFault {
  const atMs = Math.round(between(random, 0, untilMs));
  const kind = random.next();
  const server = (["mysql", "redis", "kafka"] as const)[below(random, 3)] ?? "mysql";
  const ms = Math.round(between(random, 50, LONG_MS));
  const processIndex = below(random, processes);
  if (kind < 0.2) return { kind: "redis-loss", atMs };
  if (kind < 0.3) {
    return { kind: "loss-at-promotion", atMs, ms: Math.min(ms, PROMOTION_PAUSE_MS_MAX) };
  }
  if (kind < 0.55) return { kind: "stall", atMs, server, ms };
  if (kind < 0.8) return { kind: "kill", atMs, processIndex, downMs: Math.min(ms, DOWN_MS_MAX) };
  return { kind: "rewind", atMs, by: 1 + below(random, 20) };
}
