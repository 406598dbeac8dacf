import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ROOT_FOLDER } from "./folders.ts";
import { chooseFreePorts } from "./freePort.ts";
import { mysqlFlavours, type StackOptions } from "./types.ts";

const port = z.number().int().min(1).max(65_535);

const portsSchema = z.object({ mysql: port, redis: port, kafka: port, kafkaController: port });

const serverSchema = z.object({
  source: z.enum(["docker", "private"]),
  flavour: z.string(),
  url: z.string(),
  /** The process id; absent for a container, and for a server that a command has stopped. */
  pid: z.number().int().positive().optional(),
  identity: z.string().optional(),
  logFile: z.string().optional(),
  startedInMs: z.number().optional(),
});

const stateSchema = z.object({
  version: z.literal(1),
  ports: portsSchema,
  /**
   * The MySQL flavour of the last start. A fault that restarts the server uses the same flavour.
   */
  mysqlFlavour: z.enum(mysqlFlavours).optional(),
  servers: z.object({
    mysql: serverSchema.optional(),
    redis: serverSchema.optional(),
    kafka: serverSchema.optional(),
  }),
});

export type StackPorts = z.infer<typeof portsSchema>;
/** The record of one server in the state file. */
export type ServerRecord = z.infer<typeof serverSchema>;
export type StackState = z.infer<typeof stateSchema>;

/** Returns the stack's folder. A command without a name uses DEVSTACK_NAME of the environment. */
export function stackDirOf(options: Pick<StackOptions, "rootDir" | "name" | "env">): string {
  const fromEnvironment = (options.env ?? process.env).DEVSTACK_NAME || "dev";
  return join(options.rootDir ?? join(ROOT_FOLDER, ".devstack"), options.name ?? fromEnvironment);
}

function stateFileOf(stackDir: string): string {
  return join(stackDir, "state.json");
}

/** Parses a state file. Returns undefined when the file is damaged or has an older format. */
export function parseState(text: string): StackState | undefined {
  try {
    const parsed = stateSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the state on disk, or undefined when there is no valid state file. */
export function loadState(stackDir: string): StackState | undefined {
  try {
    return parseState(readFileSync(stateFileOf(stackDir), "utf8"));
  } catch {
    return undefined;
  }
}

/** Writes the state atomically: a reader never sees a partial file. */
export function saveState(stackDir: string, state: StackState): void {
  mkdirSync(stackDir, { recursive: true });
  const partFile = `${stateFileOf(stackDir)}.${process.pid}`;
  writeFileSync(partFile, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(partFile, stateFileOf(stackDir));
}

/** Returns the state on disk, or a new unsaved state with free ports for this folder. */
export async function loadOrCreateState(stackDir: string): Promise<StackState> {
  const known = loadState(stackDir);
  if (known !== undefined) return known;
  return { version: 1, ports: await choosePorts(stackDir), servers: {} };
}

/** Chooses free ports for a stack. The search starts at a port derived from the folder's path. */
export async function choosePorts(stackDir: string): Promise<StackPorts> {
  const [mysql, redis, kafka, kafkaController] = await chooseFreePorts(stackDir, 4);
  return portsSchema.parse({ mysql, redis, kafka, kafkaController });
}
