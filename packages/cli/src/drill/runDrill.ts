import type { Finding } from "@onsale/core";
import { checkData } from "./checkData.ts";
import { codesOf, detectIncident, messagesOf } from "./detectIncident.ts";
import type { Drill, DrillSite } from "./drill.ts";
import type { DrillGround } from "./drillGround.ts";
import { openDrillLoad } from "./drillLoad.ts";
import { lookUntil } from "./drillLooks.ts";
import type { DrillOutcome, DrillResult, Repair } from "./drillResult.ts";
import { repairByRunbook } from "./repairByRunbook.ts";

export interface RunDrillOptions {
  readonly ground: DrillGround;
  readonly signal: AbortSignal;
  /** Receives one line for each point of the drill. */
  readonly say: (line: string) => void;
}

/** Time limit of a drill, from its first buyer to the end of its checks, ms. */
const DRILL_MS_MAX = 420_000;
/** Time limit until the sale is healthy, ms. Usually this takes a few seconds. */
const STEADY_MS_MAX = 60_000;
const BUYERS_PER_SECOND = 3;

/** Exercises one runbook; `drill.ts` describes the states. */
export async function runDrill(drill: Drill, options: RunDrillOptions): Promise<DrillResult> {
  const { ground } = options;
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(DRILL_MS_MAX)]);
  const startedMs = performance.now();
  const say = (line: string): void => {
    const atSeconds = (performance.now() - startedMs) / 1000;
    options.say(`${atSeconds.toFixed(1).padStart(6)} s  ${drill.runbook}: ${line}`);
  };
  const load = await openDrillLoad(drill, ground);
  try {
    const site: DrillSite = { ...ground, load, signal };
    const part = await exercise(drill, site, ground, say).catch((error: unknown) =>
      end("failed", { reason: error instanceof Error ? error.message : String(error) }),
    );
    return {
      ...{ runbook: drill.runbook, incident: drill.incident, boundMs: drill.boundMs },
      ...{ codes: codesOf(drill), buyers: load.counts(), ...part },
      outcome: options.signal.aborted ? "interrupted" : part.outcome,
      totalMs: performance.now() - startedMs,
      database: undefined,
    };
  } finally {
    // The sessions end sooner when the servers answer again.
    await Promise.resolve(drill.restore?.(ground)).finally(() => load.stop());
  }
}

/** Doctor lists a process that an earlier drill killed, until its record is deleted. */
const isOfEarlierDrill = ({ code }: Finding): boolean =>
  code === "WORKER_SILENT" || code === "API_PROCESS_SILENT";

type Part = Pick<DrillResult, "outcome" | "detection" | "repair" | "reason" | "invariants">;

async function exercise(
  drill: Drill,
  site: DrillSite,
  ground: DrillGround,
  say: (line: string) => void,
): Promise<Part> {
  const { core, load, signal } = site;
  load.arrive({ buyers: (BUYERS_PER_SECOND * DRILL_MS_MAX) / 1000, durationMs: DRILL_MS_MAX });
  const steady = await lookUntil(ground, {
    ...{ invariants: "skip", withinMs: STEADY_MS_MAX, signal },
    isReached: (found) => found.every(isOfEarlierDrill) && load.counts().bought > 0,
  });
  if (!steady.isReached) return end("unsteady", { reason: messagesOf(steady.findings) });
  say(`the sale is healthy. Incident: ${drill.incident}`);
  const brokenMs = core.clock.monotonicMs();
  await drill.breakIt(site);
  const { detection, missing } = await detectIncident(drill, ground, brokenMs, signal);
  if (missing !== undefined) return end("undetected", { reason: missing });
  for (const { code, message } of detection?.findings ?? []) say(`${code}: ${message}`);
  const repair = await repairByRunbook(drill, site, say);
  if (repair.status !== "DONE") {
    return end("unrepaired", { detection, repair, reason: reasonOf(repair) });
  }
  say("repaired; the buyers stop, and the data is checked");
  return { detection, repair, ...(await checkData(site)) };
}

function end(outcome: DrillOutcome, part: Partial<Part>): Part {
  const { detection, repair, reason } = part;
  return { outcome, detection, repair, reason, invariants: undefined };
}

function reasonOf({ status, stopped, verifications }: Repair): string {
  const untrue = verifications.filter(({ holds }) => !holds);
  const claims = untrue.map(({ claim, read }) => `not true: ${claim} (${read})`);
  return [`the run ended as ${status}`, stopped ?? "", ...claims].filter(Boolean).join("; ");
}
