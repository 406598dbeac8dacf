import type { CoreContext, FindingCode, InvariantMode, ServersConfig } from "@onsale/core";
import type { Stack } from "@onsale/devstack";
import type { BuyerLoad } from "@onsale/simulator/drill";
import type { DrillProcesses } from "./drillProcesses.ts";
import type { DrillReceiver } from "./drillReceiver.ts";

/*
 * Drills
 *
 * Problem: a runbook that was never run does not work on the night when it is needed. Its finding
 * does not appear, a step cannot be done, or the condition of a step is true too early.
 *
 * A drill is an incident exercise on the servers of the devstack. It has data of its own: a
 * database, a Redis prefix and a topic prefix. One drill goes through these states:
 *
 *   steady     an API process, a worker and simulated buyers run, and doctor finds nothing
 *   broken     the drill has caused the incident; it looks once a second, like doctor
 *   detected   doctor has a finding that calls for the runbook
 *   repaired   the runbook was planned and executed, and its final conditions are true
 *   checked    the buyers have stopped, every message is published and applied, and no violation
 *              of I1 to I10 was found
 *
 * The handlers of manual steps do what the instruction says, and nothing else. A manual step
 * without a handler is not done, so the run stops, and the drill has failed.
 *
 * Failures:
 * - A state is not reached within its bound: the drill ends with the name of that state.
 * - The drill is interrupted: it undoes its fault, stops its processes, and checks nothing.
 * - The drill gets SIGKILL: its processes and its fault remain. `onsale stack up` repairs the
 *   servers; the processes of the product have to be killed.
 *
 * Not promised: that other programs on the same servers see nothing of the incident.
 */

/** Everything that a drill can break or repair. */
export interface DrillSite {
  readonly core: CoreContext;
  readonly stack: Pick<Stack, "fault">;
  readonly processes: DrillProcesses;
  /** The buyers of this drill, in a sale and a queue of their own. */
  readonly load: BuyerLoad;
  /** Receives the notifications. */
  readonly receiver: DrillReceiver;
  readonly config: ServersConfig;
  /**
   * The URL of the drill's database with the rights of the devstack. Through it, the drill changes
   * rows as another program than Onsale would.
   */
  readonly foreignUrl: string;
  readonly signal: AbortSignal;
}

/** The exercise of one runbook. */
export interface Drill {
  /** The runbook's name. */
  readonly runbook: string;
  /** A sentence: what the drill breaks. */
  readonly incident: string;
  /**
   * Longest time from the incident until doctor can report its finding, ms. It follows from the
   * bound of the finding; the drill itself needs no additional time.
   */
  readonly boundMs: number;
  /** The findings that the incident must cause; by default all of the runbook. */
  readonly codes?: readonly FindingCode[];
  /** Whether the drill needs Apache Kafka; the devstack can also run a simple mock broker. */
  readonly needsApacheKafka?: boolean;
  /** Settings of the processes besides `DRILL_SETTINGS`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Share of buyers who hold seats and then lose interest. */
  readonly abandonShare?: number;
  /**
   * Whether the processes have a MySQL user without administrative rights. The user of the devstack
   * can write to a server that is read-only.
   */
  readonly hasOrdinaryUser?: boolean;
  /** Whether each look checks the invariants, for a finding about them. */
  readonly invariants?: InvariantMode;
  /** Causes the incident. */
  breakIt(site: DrillSite): Promise<void>;
  /** Does the work that, by the text of the runbook, must be done before the run. */
  beforeRun?(site: DrillSite): Promise<void>;
  /** Does the manual steps, by name. */
  readonly manual: Readonly<Record<string, (site: DrillSite) => Promise<void>>>;
  /** Undoes the fault of a server when the runbook did not. A repetition has no effect. */
  restore?(site: Pick<DrillSite, "stack" | "foreignUrl">): Promise<void>;
}
