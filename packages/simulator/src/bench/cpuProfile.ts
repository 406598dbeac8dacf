import { z } from "zod";
import type { BenchProfile } from "./benchReport.ts";

const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      children: z.array(z.number()).optional(),
      callFrame: z.object({
        functionName: z.string(),
        url: z.string(),
        lineNumber: z.number(),
      }),
    }),
  ),
  /** Start of the profile in microseconds of the machine's monotonic clock. */
  startTime: z.number(),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});

type SelfTime = BenchProfile["packages"][number];

/**
 * The self time of packages and functions: without the functions that they call, except those of
 * Node and V8 in the case of packages.
 */
export type ProfileSummary = Omit<BenchProfile, "files">;

/**
 * The period of a profile to evaluate, by the machine's monotonic clock: the time under load,
 * without the start of the process.
 */
export interface ProfileWindow {
  readonly fromUs: number;
  readonly untilUs: number;
}

const MICROSECONDS_PER_MS = 1000;
const IDLE = "(idle)";

/**
 * Groups V8 CPU profiles by package and by function.
 * @param profiles the texts of .cpuprofile files, one for each process
 */
export function summarizeProfiles(
  profiles: readonly string[],
  { functionsMax, ...window }: ProfileWindow & { functionsMax: number },
): ProfileSummary {
  const packages = new Map<string, number>();
  const functions = new Map<string, number>();
  let idleUs = 0;
  let busyUs = 0;
  for (const { packageName, functionName, us } of profiles.flatMap((text) =>
    selfTimes(text, window),
  )) {
    if (functionName === IDLE) {
      idleUs += us;
      continue;
    }
    busyUs += us;
    packages.set(packageName, (packages.get(packageName) ?? 0) + us);
    const key = `${functionName} [${packageName}]`;
    functions.set(key, (functions.get(key) ?? 0) + us);
  }
  return {
    busyMs: busyUs / MICROSECONDS_PER_MS,
    idleMs: idleUs / MICROSECONDS_PER_MS,
    packages: largest(packages, busyUs),
    functions: largest(functions, busyUs).slice(0, functionsMax),
  };
}

function selfTimes(text: string, { fromUs, untilUs }: ProfileWindow) {
  const profile = profileSchema.parse(JSON.parse(text));
  const usByNode = new Map<number, number>();
  let atUs = profile.startTime;
  profile.samples.forEach((node, index) => {
    const deltaUs = profile.timeDeltas[index] ?? 0;
    atUs += deltaUs;
    if (atUs < fromUs || atUs > untilUs) return;
    usByNode.set(node, (usByNode.get(node) ?? 0) + deltaUs);
  });
  const packages = packagesOf(profile.nodes);
  return profile.nodes.flatMap(({ id, callFrame }) => {
    const us = usByNode.get(id) ?? 0;
    if (us === 0) return [];
    const functionName = callFrame.functionName || `(anonymous:${callFrame.lineNumber + 1})`;
    return [{ packageName: packages.get(id) ?? "node", functionName, us }];
  });
}

type ProfileNode = z.infer<typeof profileSchema>["nodes"][number];

/**
 * Finds the package of each node of the call tree. Functions of Node and of V8 work for the package
 * that called them, so a write to a socket of MySQL counts as mysql2. Without such a caller they
 * count as Node.
 */
function packagesOf(nodes: readonly ProfileNode[]): ReadonlyMap<number, string> {
  const parents = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((one) => [one, id])),
  );
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const found = new Map<number, string>();
  function find(id: number): string {
    const known = found.get(id);
    if (known !== undefined) return known;
    const node = byId.get(id);
    const own = node && packageOf(node.callFrame.url, node.callFrame.functionName);
    const parent = parents.get(id);
    const name = own ?? (parent === undefined ? "node" : find(parent));
    found.set(id, name);
    return name;
  }
  for (const { id } of nodes) find(id);
  return found;
}

/**
 * The package that a script belongs to; undefined for functions of Node and V8, except garbage
 * collection.
 */
export function packageOf(url: string, functionName: string): string | undefined {
  const modules = url.lastIndexOf("/node_modules/");
  if (modules >= 0) {
    const [first = "", second = ""] = url.slice(modules + "/node_modules/".length).split("/");
    return first.startsWith("@") ? `${first}/${second}` : first;
  }
  const own = /\/packages\/([a-z]+)\/src\/(?:adapters\/([a-z]+)\/)?/.exec(url);
  if (own !== null) return `@onsale/${own[1]}${own[2] === undefined ? "" : ` ${own[2]} adapter`}`;
  return functionName === "(garbage collector)" ? "garbage collector" : undefined;
}

function largest(times: ReadonlyMap<string, number>, totalUs: number): SelfTime[] {
  return [...times]
    .map(([name, us]) => ({ name, ms: us / MICROSECONDS_PER_MS, share: us / totalUs }))
    .sort((a, b) => b.ms - a.ms);
}
