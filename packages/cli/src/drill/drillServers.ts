import { type ServerStatus, type Stack, stackUp } from "@onsale/devstack";
import { SETUP_KAFKA } from "@onsale/devstack/folders";
import { CliError, EXIT } from "../cliError.ts";
import { refuseEmbedded } from "../stackEnvironment.ts";
import type { Drill } from "./drill.ts";

/** The servers of all drills of one command. */
export interface DrillServers {
  readonly stack: Stack;
  readonly status: readonly ServerStatus[];
}

const SERVER_VARIABLES = ["MYSQL_URL", "REDIS_URL", "KAFKA_BROKERS"] as const;

/**
 * Starts the missing servers of the devstack.
 * @param drills the drills that will run
 * @param profile name of the profile, which a drill refuses
 * @throws CliError with exit code 3 when the environment or a profile names servers: a drill breaks
 *   only servers that the devstack started
 */
export async function drillServers(
  drills: readonly Drill[],
  profile: string | undefined,
  say: (line: string) => void,
): Promise<DrillServers> {
  const { env } = process;
  refuseEmbedded(env);
  const named = SERVER_VARIABLES.filter((name) => env[name]?.trim());
  if (profile !== undefined) throw refused(`the profile ${profile}`, "leave the profile out");
  if (named.length > 0) throw refused(named.join(" and "), `unset ${named.join(" and ")}`);
  if (env.NODE_ENV === "production") throw refused("NODE_ENV=production", "unset NODE_ENV");
  const stack = await stackUp({ onProgress: say });
  const status = await stack.status();
  const foreign = status.filter(({ source }) => source === "environment");
  if (foreign.length > 0) throw refused(foreign.map(({ name }) => name).join(", "), "unset it");
  requireKafka(drills, status);
  return { stack, status };
}

/** @throws CliError when a drill needs Apache Kafka and the devstack runs the mock broker */
function requireKafka(drills: readonly Drill[], status: readonly ServerStatus[]): void {
  const needy = drills.filter(({ needsApacheKafka }) => needsApacheKafka);
  const isMock = status.some(({ name, flavour }) => name === "kafka" && flavour.includes("mock"));
  if (needy.length === 0 || !isMock) return;
  const names = needy.map(({ runbook }) => runbook).join(" and ");
  throw new CliError("DRILL_NEEDS_KAFKA", `The drill of ${names} needs Apache Kafka`, {
    exitCode: EXIT.precondition,
    cause: "The devstack runs the mock broker, which cannot restart and has no topic settings.",
    next: `To have Apache Kafka, ${SETUP_KAFKA}. Then \`onsale stack down\` and \`stack up\`.`,
  });
}

function refused(given: string, remedy: string): CliError {
  return new CliError("DRILL_NEEDS_DEVSTACK", `A drill breaks its servers; given: ${given}`, {
    exitCode: EXIT.precondition,
    cause: "A drill runs only on servers that the devstack of this checkout started.",
    next: `To run on the devstack, ${remedy}. \`onsale stack up\` starts its servers.`,
  });
}
