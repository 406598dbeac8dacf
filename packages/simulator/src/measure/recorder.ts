import { type Latency, type LatencySummary, latency } from "./latency.ts";
import { type ComparedWait, type WaitErrors, waitErrorsOf } from "./waitErrors.ts";

/** The steps of a session; each step is one request. */
export const requestPhases = [
  "join",
  "poll",
  "dates",
  "seats",
  "reserve",
  "charge",
  "pay",
  "cancel",
  "leave",
] as const;
export type RequestPhase = (typeof requestPhases)[number];

/**
 * Durations of a session: `wait` is the time in the queue, `purchase` the time from the intended
 * start to the ticket.
 */
export const spanPhases = ["wait", "purchase"] as const;
export type SpanPhase = (typeof spanPhases)[number];

/** The answers that estimate a waiting time: the answer to the join, and those to the polls. */
export const estimateSources = ["join", "poll"] as const;
export type EstimateSource = (typeof estimateSources)[number];

/** The events of buyers and seats whose times are recorded. */
export const eventKinds = ["arrival", "admission", "hold", "refusal", "sale", "end"] as const;
export type EventKind = (typeof eventKinds)[number];

export interface PhaseSummary {
  readonly accepted: LatencySummary;
  readonly refused: LatencySummary;
  /** Expected refusals (status 4xx) by code. */
  readonly refusedByCode: Readonly<Record<string, number>>;
  /** Failures by kind: status 5xx, timeouts and lost connections. */
  readonly failedByKind: Readonly<Record<string, number>>;
  readonly failed: number;
}

/** Two different answers to one request under one Idempotency-Key. */
export interface ReplayMismatch {
  readonly phase: RequestPhase;
  readonly userId: number;
  readonly first: string;
  readonly second: string;
}

interface PhaseRecord {
  readonly accepted: Latency;
  readonly refused: Latency;
  readonly refusedByCode: Map<string, number>;
  readonly failedByKind: Map<string, number>;
}

/** Records the counts and times of all sessions. A call is cheap enough for every request. */
export class Recorder {
  repeats = 0;
  readonly mismatches: ReplayMismatch[] = [];
  readonly events: Record<EventKind, number[]> = {
    arrival: [],
    admission: [],
    hold: [],
    refusal: [],
    sale: [],
    end: [],
  };
  readonly #waits: Record<EstimateSource, ComparedWait[]> = { join: [], poll: [] };
  readonly #phases = new Map<RequestPhase, PhaseRecord>();
  readonly #spans = new Map<SpanPhase, Latency>();

  accepted(phase: RequestPhase, ms: number): void {
    this.#phase(phase).accepted.record(ms);
  }

  refused(phase: RequestPhase, code: string, ms: number): void {
    const record = this.#phase(phase);
    record.refused.record(ms);
    add(record.refusedByCode, code);
  }

  failed(phase: RequestPhase, kind: string): void {
    add(this.#phase(phase).failedByKind, kind);
  }

  span(phase: SpanPhase, ms: number): void {
    const existing = this.#spans.get(phase) ?? latency();
    this.#spans.set(phase, existing);
    existing.record(ms);
  }

  waited(by: EstimateSource, wait: ComparedWait): void {
    this.#waits[by].push(wait);
  }

  waitErrors(by: EstimateSource): WaitErrors {
    return waitErrorsOf(this.#waits[by]);
  }

  /** @param atMs ms since the sale opened */
  happened(kind: EventKind, atMs: number): void {
    this.events[kind].push(atMs);
  }

  phaseSummary(phase: RequestPhase): PhaseSummary {
    const record = this.#phase(phase);
    return {
      accepted: record.accepted.summary(),
      refused: record.refused.summary(),
      refusedByCode: Object.fromEntries(record.refusedByCode),
      failedByKind: Object.fromEntries(record.failedByKind),
      failed: sum(record.failedByKind),
    };
  }

  spanSummary(phase: SpanPhase): LatencySummary {
    return (this.#spans.get(phase) ?? latency()).summary();
  }

  /** Returns the failures of all phases by kind. */
  failures(): ReadonlyMap<string, number> {
    const all = new Map<string, number>();
    for (const record of this.#phases.values()) {
      for (const [kind, count] of record.failedByKind) add(all, kind, count);
    }
    return all;
  }

  #phase(phase: RequestPhase): PhaseRecord {
    const existing = this.#phases.get(phase);
    if (existing !== undefined) return existing;
    const created: PhaseRecord = {
      accepted: latency(),
      refused: latency(),
      refusedByCode: new Map(),
      failedByKind: new Map(),
    };
    this.#phases.set(phase, created);
    return created;
  }
}

function add(counts: Map<string, number>, key: string, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function sum(counts: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
}
