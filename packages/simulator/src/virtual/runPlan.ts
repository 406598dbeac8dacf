import type { Metrics, OnsaleConfig } from "@onsale/core";
import type { MemoryServers } from "@onsale/core/memory";
import type { DatabaseChange } from "@onsale/core/sql";
import { between, chance, type RandomStreams, randomStreams } from "../chance/seededRandom.ts";
import { type FaultProfile, faultProfileOf } from "./faults.ts";
import type { Mutant } from "./mutant.ts";
import { type SaleRules, saleRulesOf } from "./rules/saleRules.ts";
import type { Incident } from "./runbook/incident.ts";
import {
  type Conditions,
  conditionsOf,
  INCIDENT_RETENTION_MS,
  LIVES,
  virtualConfig,
} from "./scenario.ts";
import type { Schedule } from "./schedule.ts";
import { type VirtualScenario, virtualDefaults } from "./virtualScenario.ts";

/** Options for the run of one seed. */
export interface RunOptions {
  readonly scenario?: Partial<VirtualScenario> | undefined;
  /** Narrows the run to parts of it. Without a schedule, the whole run happens. */
  readonly schedule?: Schedule | undefined;
  /** Keeps every event in the trace, so that it can be read or compared. */
  readonly traced?: boolean;
  /** A runbook that operators run during the sale, and its incident. */
  readonly incident?: Incident | undefined;
  /** A fault that a test plants in the product. */
  readonly mutant?: Mutant | undefined;
  /** Another way to hold seats, for the study of locks. */
  readonly seatLocking?: SeatLocking | undefined;
}

/** How a virtual sale locks seats, instead of as its seed decides. */
export interface SeatLocking {
  readonly conditions: Pick<Conditions, "seatLock" | "groups">;
  /** Makes the change of one process. */
  databaseChange(): DatabaseChange;
  readonly metrics: Metrics;
  /** Removes constraints of the in-memory database. */
  weaken(servers: MemoryServers): void;
}

/** All decisions about a run that are made before it starts. */
export interface RunPlan {
  readonly streams: RandomStreams;
  readonly scenario: VirtualScenario;
  readonly conditions: Conditions;
  /** The rules that this sale plays; undefined for a plain sale. */
  readonly rules: SaleRules | undefined;
  readonly profile: FaultProfile;
  readonly schedule: Schedule;
  /** The settings of every process. */
  readonly config: OnsaleConfig;
  /** True when no fault happens in this run. */
  readonly isCalm: boolean;
  /** How long the waiting room may take to admit every client, ms. */
  readonly paceMs: number;
}

/** Derives the plan of a run from its seed. */
export function planRun(seed: number, options: RunOptions): RunPlan {
  const streams = randomStreams(seed);
  const scenario = { ...virtualDefaults, ...options.scenario };
  const drawn = { ...conditionsOf(streams), ...options.seatLocking?.conditions };
  const rules = rulesOf(streams, scenario, options);
  const conditions = rules ? ofRules(streams, drawn) : drawn;
  const profile = faultProfileOf(streams);
  const isRough = options.mutant?.isRough || options.incident;
  return {
    streams,
    scenario,
    ...{ conditions, rules },
    profile,
    schedule: options.schedule ?? {},
    config: virtualConfig(conditions, options.incident && INCIDENT_RETENTION_MS),
    isCalm: profile.callFaultShare + profile.scheduledFaults === 0 && !isRough,
    paceMs: paceOf(scenario, conditions),
  };
}

/**
 * The study of locks compares statements of its own for plain holds, and the operators of a runbook
 * change the sale themselves, so neither plays the rules. A hall of one seat has none to play.
 */
function rulesOf(
  streams: RandomStreams,
  { seats }: VirtualScenario,
  { seatLocking, incident }: RunOptions,
): SaleRules | undefined {
  return seatLocking || incident || seats < 2 ? undefined : saleRulesOf(streams);
}

/**
 * In a sale with rules, buyers leave the line, whose tokens are then sent again, and ask for
 * refunds, also after a part was refunded.
 */
function ofRules(streams: RandomStreams, conditions: Conditions): Conditions {
  const random = streams("conditions of a sale with rules");
  const leaveShare = Math.max(conditions.leaveShare, between(random, 0, 0.4));
  const refundShare = between(random, 0.4, 1);
  // A lane that waits would rarely meet an operator's job, which takes some ms.
  const laneDelayMs = chance(random, 0.6) ? 0 : conditions.laneDelayMs;
  return { ...conditions, leaveShare, refundShare, laneDelayMs };
}

/**
 * How far this process's clock is ahead of the servers' clock, ms. The value is the same after each
 * restart.
 */
export function skewMsOf({ streams, profile }: RunPlan, process: string): number {
  const { skewMs } = profile;
  return Math.round(between(streams(`clock of ${process}`), -skewMs, skewMs));
}

/**
 * Computes the time for all admissions from the slower of the waiting room's two limits. A client
 * may use its whole admission.
 */
function paceOf({ buyers }: VirtualScenario, limits: Conditions): number {
  const { activeCountMax, admissionRatePerMinute } = limits;
  const msEach = Math.max(60_000 / admissionRatePerMinute, LIVES.activeTtlMs / activeCountMax);
  return buyers * msEach;
}
