import type { Spread } from "@onsale/simulator/bench";
import type {
  AnswerSource,
  CachingReport,
  LoadSide,
  LoadStep,
  StampedeFigures,
} from "@onsale/simulator/study";

export const SOURCE_TITLES: Readonly<Record<AnswerSource, string>> = {
  off: "no cache",
  loaded: "cold: loaded from MySQL",
  shared: "shared copy of Redis",
  process: "warm: copy of the process",
};

/** A time with the digits that it deserves. */
export function msText(ms: number): string {
  if (ms >= 100) return `${Math.round(ms).toLocaleString("en")} ms`;
  return `${ms.toFixed(ms < 10 ? 2 : 1)} ms`;
}

/** The median with its range, when there are several rounds. */
export function spreadText({ median, min, max }: Spread, text: (value: number) => string): string {
  if (text(min) === text(max)) return text(median);
  return `${text(median)} (${text(min)} to ${text(max)})`;
}

/** A whole number with separators. */
export function countText(count: number): string {
  return Math.round(count).toLocaleString("en");
}

/** "5,000" or "100 without a pause". */
export function usersText({ users, perSecond }: Pick<LoadStep, "users" | "perSecond">): string {
  return perSecond === undefined ? `${countText(users)} without a pause` : countText(users);
}

/** "API 120, MySQL 3, Redis 2 us" */
export function cpuText({ cpuUs }: LoadSide): string {
  const parts = (
    [
      ["API", cpuUs.api],
      ["MySQL", cpuUs.mysql],
      ["Redis", cpuUs.redis],
    ] as const
  ).flatMap(([name, us]) => (us === undefined ? [] : [`${name} ${countText(us)}`]));
  return parts.length === 0 ? "unknown" : `${parts.join(", ")} us`;
}

/** The statements of the rounds: one number, or the least to the most. */
export function statementsText({ statements }: Pick<StampedeFigures, "statements">): string {
  const [least, most] = [Math.min(...statements), Math.max(...statements)];
  return least === most ? countText(most) : `${countText(least)} to ${countText(most)}`;
}

/** The share that is not larger than the wanted part of the values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

/** The machine of a measurement, with its load. */
export function machineText({ machine }: CachingReport): string {
  const { cores, cpu, node, servers, loadBefore, loadAfter } = machine;
  const load = `load average ${loadBefore.toFixed(1)} before and ${loadAfter.toFixed(1)} after`;
  return `${cores} cores, ${cpu}, Node ${node}; ${servers.join(", ")}; ${load}`;
}
