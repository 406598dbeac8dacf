import type { Violation } from "../violations.ts";

/** A hold that a client's answer named. Times are ms since the epoch. */
export interface KnownHold {
  readonly userId: number;
  readonly seatIds: readonly number[];
  readonly firstExpiresMs: number;
  /** The latest end that an answer promised. */
  promisedMs: number;
  /** The number of extensions without an answer: each of them may have a later end. */
  openExtensions: number;
}

/** A time in which seats must not be held, from an acknowledgement until the request to end it. */
export interface ForbiddenTime {
  readonly rule: "sale closed" | "seat kept back";
  /** undefined for all seats. */
  readonly seatIds: ReadonlySet<number> | undefined;
  readonly fromMs: number;
  untilMs: number;
}

/** Seats that an operator gave back, as the acknowledged report of the job says. */
export interface GivenBack {
  readonly reservationId: number;
  readonly seatIds: readonly number[];
}

/** A place that its buyer left, with the time of the acknowledgement. */
export interface LeftPlace {
  readonly userId: number;
  readonly sequence: number;
  readonly atMs: number;
}

/** The answers to the clients and operators of a sale with rules, as far as a rule needs them. */
export class RuleFacts {
  readonly holds = new Map<number, KnownHold>();
  readonly forbidden: ForbiddenTime[] = [];
  readonly givenBack: GivenBack[] = [];
  /** The payments with a part that an operator refunded. */
  readonly partlyRefunded = new Set<number>();
  /** The buyers whose holds lost seats to an operator. */
  readonly usersWithParts = new Set<number>();
  /** By the sequence of the place. */
  readonly left = new Map<number, LeftPlace>();
  readonly violations: Violation[] = [];
  redisLostMs = Number.NEGATIVE_INFINITY;
  /** The number of requests under way that end a rule. */
  readonly #ending = new Map<ForbiddenTime["rule"], number>();

  /** Notes that a rule applies from now on, unless a request to end it is under way. */
  forbid(time: Pick<ForbiddenTime, "rule" | "seatIds">, nowMs: number): void {
    if ((this.#ending.get(time.rule) ?? 0) > 0) return;
    this.forbidden.push({ ...time, fromMs: nowMs, untilMs: Number.POSITIVE_INFINITY });
  }

  /**
   * Notes that a request to end a rule begins, which may end it for the seats of other requests
   * too.
   * @returns a function to call when the request is answered
   */
  beginToAllow(rule: ForbiddenTime["rule"], nowMs: number): () => void {
    const count = (change: number): void => {
      this.#ending.set(rule, (this.#ending.get(rule) ?? 0) + change);
    };
    for (const time of this.forbidden) {
      if (time.rule === rule) time.untilMs = Math.min(time.untilMs, nowMs);
    }
    count(1);
    return () => count(-1);
  }

  found(message: string, ids: Violation["ids"]): void {
    this.violations.push({ check: "rules", message, ids });
  }
}
