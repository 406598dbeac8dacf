import type { Metrics } from "../../../ports/observability.ts";
import type { GroupedWork, Tx, WithTransaction } from "../../../ports/transaction.ts";
import type { Clock } from "../../../shared/clock.ts";
import { OverloadedError } from "../../../shared/errors.ts";
import type { FailureKind } from "../../shared/failureKind.ts";
import { Gathering, type Settled } from "./gathering.ts";
import { GroupSplitError, MustRunAloneError } from "./groupErrors.ts";

/*
 * Grouped transactions
 *
 * Problem: a commit that survives a power failure costs the database far more than the few rows of
 * one buyer. With a transaction for each request, the rate of holds is the rate of commits.
 *
 * Requests that arrive while a group is being committed form the next group, and share one
 * transaction. No timer waits for more members: the first request of a quiet moment runs at once
 * and alone, exactly as without groups. Two groups of a kind are on their way at a time (lanes), so
 * that one works while the other commits.
 *
 *   line ── a lane is free ──> group of one ── own transaction ──> answer
 *                         └──> group ── all works end ──> COMMIT ──> answers, refusals too
 *                                ├── a member has written and fails ──> roll back;
 *                                │      the others again as a group, this member alone
 *                                ├── a row is locked by another transaction ──> this member alone
 *                                └── a joint statement fails ──> roll back; everybody alone
 *
 * What must hold:
 * - Row locks do not separate members, so each contested step is decided jointly (`Step.many`), and
 *   a buyer has at most one member on its way. A second request of the buyer waits for the first.
 * - A group never waits long for a lock of another transaction: its steps skip locked rows.
 * - One connection has one statement on its way, and none after its transaction has ended.
 * - Every answer is given after COMMIT. A refusal may rest on what a neighbour wrote.
 * - Workflows refuse before they write, so that ordinary refusals split no group.
 *
 * A group is one call of the transaction runner: restarts, the bounded wait and the look-up after a
 * lost COMMIT are the runner's. The first outbox message proves the commit of all members.
 *
 * Bounds: `membersMax` members in a group, `lanes` groups of a kind, WAITING_MAX members in a line,
 * WAIT_MS_MAX until a member's group begins, ALONE_MAX members that run alone after a group.
 */

/** A line that is longer than this takes no further member. */
const WAITING_MAX = 4_096;
/** As long as a request waits for a free connection of the pool. */
const WAIT_MS_MAX = 3_000;
/** Members of one kind that run alone at the same time, after their group could not take them. */
const ALONE_MAX = 4;

export interface GroupSettings {
  /** Most members of one group. With 1, every work has a transaction of its own. */
  readonly membersMax: number;
  /** Groups of one kind that are on their way at the same time. */
  readonly lanes: number;
}

export interface GroupPorts {
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly metrics: Pick<Metrics, "count">;
  failureKind(error: unknown): FailureKind;
  /** Resolves when the requests that are ready now have joined the line. */
  nextTurn(): Promise<void>;
  /** Runs the work of a lane, which belongs to no single request. */
  readonly asLane?: ((work: () => void) => void) | undefined;
}

interface Member {
  readonly userId: number;
  readonly work: (tx: Tx) => Promise<unknown>;
  readonly sinceMs: number;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Adds groups to a transaction runner. Works without a group keep a transaction of their own. */
export function groupRunner(
  alone: WithTransaction,
  settings: GroupSettings,
  ports: GroupPorts,
): WithTransaction {
  const lines = new Map<string, Line>();

  function lineOf(kind: string): Line {
    const known = lines.get(kind);
    if (known) return known;
    const line = new Line(kind, alone, settings, ports);
    lines.set(kind, line);
    return line;
  }

  return (work, grouped?: GroupedWork) =>
    grouped === undefined || settings.membersMax === 1
      ? alone(work)
      : lineOf(grouped.kind).join(grouped.userId, work);
}

/** The works of one kind: those that wait, and those that are on their way. */
class Line {
  readonly #kind: string;
  readonly #alone: WithTransaction;
  readonly #settings: GroupSettings;
  readonly #ports: GroupPorts;
  #waiting: Member[] = [];
  /** Members that run alone as soon as fewer than ALONE_MAX do. */
  readonly #singles: Member[] = [];
  /** Buyers with a member on its way. */
  readonly #busyUsers = new Set<number>();
  #laneCount = 0;
  #singleCount = 0;
  #isStarting = false;

  constructor(kind: string, alone: WithTransaction, settings: GroupSettings, ports: GroupPorts) {
    this.#kind = kind;
    this.#alone = alone;
    this.#settings = settings;
    this.#ports = ports;
  }

  /** Runs the work in the next group. @throws OverloadedError when the line is too long */
  join<T>(userId: number, work: (tx: Tx) => Promise<T>): Promise<T> {
    if (this.#waiting.length >= WAITING_MAX) return Promise.reject(new OverloadedError());
    return new Promise<T>((resolve, reject) => {
      const sinceMs = this.#ports.clock.monotonicMs();
      this.#waiting.push({
        ...{ userId, work, sinceMs, reject },
        // A member's value is that of its own work.
        resolve: resolve as (value: unknown) => void,
      });
      this.#startLane();
    });
  }

  #startLane(): void {
    if (this.#isStarting || this.#laneCount >= this.#settings.lanes) return;
    this.#isStarting = true;
    const { asLane = (work) => work(), nextTurn } = this.#ports;
    asLane(() => {
      void nextTurn().then(() => {
        this.#isStarting = false;
        void this.#runLane();
      });
    });
  }

  async #runLane(): Promise<void> {
    this.#laneCount += 1;
    try {
      for (let members = this.#take(); members.length > 0; members = this.#take()) {
        await this.#runGroup(members);
      }
    } finally {
      this.#laneCount -= 1;
    }
  }

  /** Takes the next group off the line: the first members whose buyers have none on its way. */
  #take(): Member[] {
    const taken: Member[] = [];
    const rest: Member[] = [];
    const tooOld = this.#ports.clock.monotonicMs() - WAIT_MS_MAX;
    for (const member of this.#waiting) {
      if (member.sinceMs < tooOld) {
        member.reject(new OverloadedError());
      } else if (taken.length < this.#settings.membersMax && !this.#busyUsers.has(member.userId)) {
        this.#busyUsers.add(member.userId);
        taken.push(member);
      } else {
        rest.push(member);
      }
    }
    this.#waiting = rest;
    return taken;
  }

  async #runGroup(members: readonly Member[]): Promise<void> {
    const [first, second] = members;
    if (!first) return;
    if (!second) {
      await this.#runAlone(first);
      return;
    }
    let settled: readonly Settled<unknown>[];
    try {
      settled = await this.#alone((tx) =>
        new Gathering(tx, this.#ports.failureKind).run(members.map(({ work }) => work)),
      );
    } catch (error) {
      if (error instanceof GroupSplitError) await this.#split(members, error);
      else for (const member of members) this.#settle(member, { kind: "error", error });
      return;
    }
    this.#count("whole");
    for (const [at, member] of members.entries()) {
      const outcome = settled[at];
      if (!outcome) continue;
      if (outcome.kind === "error" && outcome.error instanceof MustRunAloneError) {
        this.#runSoon(member);
      } else {
        this.#settle(member, outcome);
      }
    }
  }

  async #split(members: readonly Member[], { alone }: GroupSplitError): Promise<void> {
    this.#count("split");
    const others: Member[] = [];
    for (const [at, member] of members.entries()) {
      if (alone.has(at)) this.#runSoon(member);
      else others.push(member);
    }
    await this.#runGroup(others);
  }

  #count(outcome: "whole" | "split"): void {
    this.#ports.metrics.count("transaction_groups_total", { kind: this.#kind, outcome });
  }

  async #runAlone(member: Member): Promise<void> {
    try {
      const value = await this.#alone(member.work);
      this.#settle(member, { kind: "value", value });
    } catch (error) {
      this.#settle(member, { kind: "error", error });
    }
  }

  /** Runs the member alone, beside the lanes, because it may wait for another transaction. */
  #runSoon(member: Member): void {
    this.#singles.push(member);
    this.#startSingles();
  }

  #startSingles(): void {
    while (this.#singleCount < ALONE_MAX) {
      const member = this.#singles.shift();
      if (!member) return;
      this.#singleCount += 1;
      void this.#runAlone(member).finally(() => {
        this.#singleCount -= 1;
        this.#startSingles();
      });
    }
  }

  #settle(member: Member, outcome: Settled<unknown>): void {
    this.#busyUsers.delete(member.userId);
    if (outcome.kind === "value") member.resolve(outcome.value);
    else member.reject(outcome.error);
    // Another member of the same buyer may wait.
    if (this.#waiting.length > 0) this.#startLane();
  }
}
