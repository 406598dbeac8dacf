import { readFile } from "node:fs/promises";
import { type RunningApis, startApis } from "./benchApis.ts";
import type { BenchGround } from "./benchGround.ts";
import type { BenchFigures, BenchProfile, Comparison } from "./benchReport.ts";
import { compare, type RoundSettings } from "./compare.ts";
import type { Contender } from "./contender.ts";
import { summarizeProfiles } from "./cpuProfile.ts";
import { type LoadGenerator, openLoadGenerator } from "./load/loadGenerator.ts";
import type { Target } from "./load/loadPlan.ts";

/** A benchmark of one endpoint. */
export interface HttpScenario {
  readonly apiProcesses: number;
  /**
   * Prepares the requests of a round, as text. They are sent once each, or again in order when
   * there are fewer than operations.
   */
  readonly requestsOf: (operations: number) => Promise<readonly string[]>;
  /** Makes the comparisons, after the API processes have started. */
  readonly partsOn: (targets: readonly Target[]) => Promise<readonly HttpPart[]>;
}

/** One comparison of a scenario. */
export interface HttpPart {
  readonly title: string;
  readonly inFlight: number;
  readonly settings: RoundSettings;
  readonly yardstick: Contender;
}

/** Starts the API processes, compares each part with its yardstick, and stops them. */
export async function benchOverHttp(
  ground: BenchGround,
  scenario: HttpScenario,
): Promise<BenchFigures> {
  const { measuring, settings } = ground;
  const apis = await startApis(ground.apis, {
    ...{ count: scenario.apiProcesses, profiled: false, signal: ground.signal },
  });
  const generator = openLoadGenerator();
  try {
    const parts = await scenario.partsOn(apis.targets);
    const comparisons: Comparison[] = [];
    for (const { title, inFlight, yardstick, settings: ofPart } of parts) {
      const product = productContender({ apis, generator, inFlight, ...scenario });
      const ofThis = { ...measuring, settings: ofPart };
      comparisons.push(await compare(title, [product, yardstick], ofThis));
    }
    const [part] = parts;
    const isProfiled = settings.profile && part !== undefined;
    const profile = isProfiled ? await profileApi(ground, scenario, part, generator) : undefined;
    return { comparisons, profile };
  } finally {
    await generator.close();
    await apis.stop();
  }
}

interface ProductOptions extends Pick<HttpScenario, "requestsOf"> {
  readonly apis: Pick<RunningApis, "targets" | "pids">;
  readonly generator: LoadGenerator;
  readonly inFlight: number;
}

/** The product under a closed loop of requests. */
export function productContender(options: ProductOptions): Contender {
  const { apis, generator, inFlight, requestsOf } = options;
  const count = apis.pids.length;
  return {
    name: count === 1 ? "1 API process" : `${count} API processes`,
    processes: { api: apis.pids, load: [generator.pid] },
    async prepare(operations) {
      const requests = await requestsOf(operations);
      const load = await generator.prepare({
        ...{ kind: "closed", targets: apis.targets, requests, total: operations, inFlight },
      });
      return () => load.run();
    },
  };
}

const FUNCTIONS_SHOWN_MAX = 15;
/** The last pass is evaluated. */
const PROFILE_PASSES = 2;
/** Operations of a pass, in shortest rounds: some thousand, for the just-in-time compiler. */
const PROFILE_SHARE = 4;

/**
 * Profiles one API process: a warm-up, then a round that is evaluated. The process is a separate
 * one, because profiling costs speed.
 */
async function profileApi(
  ground: BenchGround,
  scenario: HttpScenario,
  part: HttpPart,
  generator: LoadGenerator,
): Promise<BenchProfile> {
  ground.measuring.onRound("profile of one API process");
  const apis = await startApis(ground.apis, { count: 1, profiled: true, signal: ground.signal });
  const window = { fromUs: 0, untilUs: 0 };
  let files: readonly string[] = [];
  try {
    const { inFlight } = part;
    const contender = productContender({ apis, generator, inFlight, ...scenario });
    const operations = PROFILE_SHARE * part.settings.operationsMin;
    for (let pass = 0; pass < PROFILE_PASSES; pass += 1) {
      const run = await contender.prepare(operations);
      window.fromUs = monotonicUs();
      await run();
      window.untilUs = monotonicUs();
    }
  } finally {
    files = await apis.stop();
  }
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  const summary = summarizeProfiles(texts, { ...window, functionsMax: FUNCTIONS_SHOWN_MAX });
  return { ...summary, files: [...files] };
}

/** The clock of V8's profiles. On Linux all processes of a machine share it. */
function monotonicUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
