import type { Metrics } from "../../../ports/observability.ts";
import type { Tx, WithTransaction } from "../../../ports/transaction.ts";
import type { Clock } from "../../../shared/clock.ts";
import { OverloadedError } from "../../../shared/errors.ts";
import type { FailureKind } from "../../shared/failureKind.ts";
import { Gathering } from "./gathering.ts";
import { GroupSplitError, MustRunAloneError, NothingToCommitError } from "./groupErrors.ts";
import { type RunningGroups, runningGroups } from "./runningGroups.ts";
import type { Settled } from "./settled.ts";

/** A line that is longer than this takes no further member. */
const WAITING_MAX = 4_096;
/** As long as a request waits for a free connection of the pool. */
const WAIT_MS_MAX = 3_000;
/** Members of one kind that run alone beside the lanes at the same time. */
const ALONE_MAX = 4;
/**
 * While the lanes have fewer members than this, a further lane takes any member. Otherwise it takes
 * a full group only, because each of two groups of half the size costs as many statements.
 */
const FEW_IN_LANES = 16;
/** After this time, a work that runs alone leaves its lane to the waiting members. */
const LANE_MS = 50;

export interface GroupSettings {
  /** Most members of one group. With 1, every work has a transaction of its own. */
  readonly membersMax: number;
  /** Groups of one kind that are on their way at the same time. */
  readonly lanes: number;
}

export interface GroupPorts {
  readonly clock: Pick<Clock, "monotonicMs" | "sleep">;
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

/** A work that runs alone in a lane. */
interface LoneWork {
  readonly sinceMs: number;
  /** Lets the lane go on without the work. */
  leaveLane(): void;
}

/** The works of one kind: those that wait, and those that are on their way. */
export class GroupLine {
  readonly #kind: string;
  readonly #alone: WithTransaction;
  readonly #settings: GroupSettings;
  readonly #ports: GroupPorts;
  #waiting: Member[] = [];
  /** Members that run alone as soon as fewer than ALONE_MAX do. */
  readonly #singles: Member[] = [];
  /** Buyers with a member on its way. */
  readonly #busyUsers = new Set<number>();
  /** Works that run alone in a lane. */
  readonly #inLane = new Set<LoneWork>();
  #laneCount = 0;
  readonly #running: RunningGroups;
  #singleCount = 0;
  #isStarting = false;
  #isWatching = false;

  constructor(kind: string, alone: WithTransaction, settings: GroupSettings, ports: GroupPorts) {
    this.#kind = kind;
    this.#alone = alone;
    this.#settings = settings;
    this.#ports = ports;
    this.#running = runningGroups(ports.clock);
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
      if (!this.#isStarting) void this.#watchLanes();
    });
  }

  /**
   * While members wait, takes lanes from works that wait for another transaction, and starts a lane
   * beside a group that waits for a slow server.
   */
  async #watchLanes(): Promise<void> {
    if (this.#isWatching) return;
    this.#isWatching = true;
    const { clock } = this.#ports;
    while (this.#waiting.length > 0) {
      await clock.sleep(LANE_MS);
      const latest = clock.monotonicMs() - LANE_MS;
      for (const lone of this.#inLane) if (lone.sinceMs <= latest) lone.leaveLane();
      this.#startLane();
    }
    this.#isWatching = false;
  }

  #startLane(): void {
    const { lanes } = this.#settings;
    if (this.#isStarting || this.#laneCount >= lanes || !this.#hasGroup(this.#laneCount)) return;
    this.#isStarting = true;
    const { asLane = (work) => work(), nextTurn } = this.#ports;
    asLane(() => {
      void nextTurn().then(() => {
        this.#isStarting = false;
        void this.#runLane();
      });
    });
  }

  /** Whether another lane is worth it. The members that it does not take go to one that runs. */
  #hasGroup(otherLanes: number): boolean {
    if (otherLanes === 0 || this.#waiting.length >= this.#settings.membersMax) return true;
    return this.#running.memberCount() < FEW_IN_LANES;
  }

  async #runLane(): Promise<void> {
    this.#laneCount += 1;
    try {
      while (this.#hasGroup(this.#laneCount - 1)) {
        const members = this.#take();
        if (members.length === 0) break;
        await this.#running.run(members.length, () => this.#runGroup(members));
      }
    } finally {
      this.#laneCount -= 1;
    }
  }

  /** Takes the next group off the line: the first members whose buyers have none on its way. */
  #take(): Member[] {
    const taken: Member[] = [];
    const rest: Member[] = [];
    for (const member of this.#waiting) {
      if (this.#isLate(member)) {
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

  #isLate({ sinceMs }: Member): boolean {
    return this.#ports.clock.monotonicMs() - sinceMs > WAIT_MS_MAX;
  }

  async #runGroup(members: readonly Member[]): Promise<void> {
    const [first, second] = members;
    if (!first) return;
    // Where works wait for other transactions, a single member is a group too: it skips their rows.
    if (!second && this.#singleCount === 0) {
      await this.#runInLane(first);
      return;
    }
    await this.#runTogether(members);
  }

  /** Runs the members in one transaction, in which no statement waits for another transaction. */
  async #runTogether(members: readonly Member[]): Promise<void> {
    let settled: readonly Settled<unknown>[];
    try {
      settled = await this.#alone((tx) =>
        new Gathering(tx, this.#ports.failureKind).run(members.map(({ work }) => work)),
      );
    } catch (error) {
      if (error instanceof GroupSplitError) {
        await this.#split(members, error);
        return;
      }
      if (!(error instanceof NothingToCommitError)) {
        for (const member of members) this.#settle(member, { kind: "error", error });
        return;
      }
      settled = error.settled;
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
    if (!alone && members.length > 1) {
      const half = Math.ceil(members.length / 2);
      await this.#runTogether(members.slice(0, half));
      await this.#runTogether(members.slice(half));
      return;
    }
    const others: Member[] = [];
    for (const [at, member] of members.entries()) {
      if (!alone || alone.has(at)) this.#runSoon(member);
      else others.push(member);
    }
    await this.#runGroup(others);
  }

  #count(outcome: "whole" | "split"): void {
    this.#ports.metrics.count("transaction_groups_total", { kind: this.#kind, outcome });
  }

  /** Runs the member alone. Resolves when it has ended, or has left the lane. */
  async #runInLane(member: Member): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const work: LoneWork = {
      sinceMs: this.#ports.clock.monotonicMs(),
      leaveLane: () => {
        if (!this.#inLane.delete(work)) return;
        this.#singleCount += 1;
        resolve();
      },
    };
    this.#inLane.add(work);
    const ended = this.#runAlone(member).finally(() => {
      if (this.#inLane.delete(work)) return;
      this.#singleCount -= 1;
      this.#startSingles();
    });
    await Promise.race([ended, promise]);
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
      if (this.#isLate(member)) {
        this.#settle(member, { kind: "error", error: new OverloadedError() });
        continue;
      }
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
