import {
  bottleneckOf,
  breaksBetween,
  type LoadParty,
  type LoadReport,
  type LoadScenarioResult,
  loadParties,
  loadPartyNames,
  othersCores,
} from "@onsale/simulator/study";

const PARTIES = [...loadParties, "others"] as const;
/** A party that used less of a core is not named. */
const CORES_SHOWN_MIN = 0.05;

const PARTY_NAMES: Readonly<Record<LoadParty | "others", string>> = {
  ...loadPartyNames,
  others: "other programs",
};

/** A whole number with separators. */
export function countText(count: number): string {
  return Math.round(count).toLocaleString("en");
}

/** A time with the digits that it deserves. */
export function msText(ms: number | undefined): string {
  if (ms === undefined) return "-";
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms >= 100 ? `${countText(ms)} ms` : `${ms.toFixed(1)} ms`;
}

/** A share as a percentage. */
export function shareText(share: number): string {
  if (share === 0) return "0";
  return share < 0.0001 ? "under 0.01 %" : `${(share * 100).toFixed(share < 0.01 ? 2 : 1)} %`;
}

/** Why requests failed, the most frequent reason first. */
export function failuresText({ failedBy }: LoadScenarioResult): string {
  const reasons = Object.entries(failedBy).toSorted(([, one], [, other]) => other - one);
  return reasons.map(([reason, count]) => `${countText(count)} ${reasonName(reason)}`).join(", ");
}

function reasonName(reason: string): string {
  return /^\d/.test(reason) ? `with status ${reason}` : `with ${reason}`;
}

/** The cores that the parties and other programs used. */
export function coresText({ cores }: LoadScenarioResult): string {
  const all = { ...cores.parties, others: othersCores(cores) };
  const used = PARTIES.flatMap((party) => {
    const own = all[party] ?? 0;
    return own < CORES_SHOWN_MIN ? [] : [`${PARTY_NAMES[party]} ${own.toFixed(2)}`];
  });
  return used.join(", ") || "hardly any";
}

/** Names the bottleneck of the scenario. */
export function bottleneckText(scenario: LoadScenarioResult, report: LoadReport): string {
  const bottleneck = bottleneckOf(scenario, report.machine.cores, report.apiProcesses);
  if (bottleneck.kind === "machine") {
    const cores = report.machine.cores;
    return `all ${cores} cores are in use, the largest part by ${PARTY_NAMES[bottleneck.largest]}`;
  }
  if (bottleneck.kind === "apiProcesses") return "each API process uses a whole core";
  return scenario.notKept.length === 0
    ? "no party is full on average; the pauses of the users set the rate"
    : "no party is full on average; requests that come together wait for each other";
}

/** Whether the limits were kept, and otherwise where they were first missed. */
export function verdictText(scenario: LoadScenarioResult): string {
  const { notKept, invariants } = scenario;
  if (invariants.broken.length > 0) return `BROKEN: ${invariants.broken.join(", ")}`;
  if (notKept.length === 0) return "kept";
  const range = breaksBetween(scenario);
  const where =
    range === undefined
      ? ""
      : `, first with ${countText(range.from)} to ${countText(range.to)} users`;
  return `missed${where}: ${notKept.map(limitText).join(", ")}`;
}

/** "p95 below 1,000 ms" for k6's "accepted_ms p(95)<1000". Other texts stay as they are. */
function limitText(limit: string): string {
  const [, name = "", value = ""] = /^accepted_ms (p\(\d+\)|avg)<(\d+)$/.exec(limit) ?? [];
  if (name !== "") {
    const figure = name === "avg" ? "average" : name.replaceAll(/[()]/g, "");
    return `${figure} below ${countText(Number(value))} ms`;
  }
  const [, share] = /^http_req_failed rate<([\d.]+)$/.exec(limit) ?? [];
  return share === undefined
    ? limit
    : `failed below ${Number((Number(share) * 100).toPrecision(3))} %`;
}

/** The mean CPU time of a request in one party, us. */
export function cpuUsOf(scenario: LoadScenarioResult, party: LoadParty): number | undefined {
  const cores = scenario.cores.parties[party];
  const perSecond = busiestPerSecond(scenario);
  return cores === undefined || perSecond === 0 ? undefined : (cores * 1_000_000) / perSecond;
}

/** Requests a second in the last stage with the most users, where the cores were measured. */
export function busiestPerSecond({ stages }: LoadScenarioResult): number {
  const most = Math.max(0, ...stages.map(({ users }) => users));
  const stage = stages.findLast(({ users }) => users === most);
  return stage === undefined || stage.seconds === 0 ? 0 : stage.requests / stage.seconds;
}
