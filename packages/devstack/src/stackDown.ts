import { existsSync, readdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { commandContainer, removeVolumes } from "./dockerStack.ts";
import { type OpenStack, openStack } from "./openStack.ts";
import { stopPrivate } from "./privateControl.ts";
import { processIdentity } from "./processIdentity.ts";
import { withStackLock } from "./stackLock.ts";
import { stackDirOf } from "./stackState.ts";
import { statusOf } from "./stackStatus.ts";
import { type ServerName, type ServerStatus, type StackOptions, serverNames } from "./types.ts";

/** Pings every server of the stack. Starts no server. */
export async function stackStatus(options: StackOptions = {}): Promise<readonly ServerStatus[]> {
  const stack = await openStack(options);
  return Promise.all(stack.servers.map((name) => statusOf(stack, name)));
}

/**
 * Stops the servers that an earlier `stackUp` of the same folder and name started. Keeps data and
 * logs unless `wipe` is set.
 */
export async function stackDown(options: StackOptions & { wipe?: boolean } = {}): Promise<void> {
  const stackDir = stackDirOf(options);
  if (!existsSync(stackDir)) return;
  await withStackLock(stackDir, async () => {
    const stack = await openStack(options);
    await stopAll(stack, options.servers ?? serverNames);
    if (options.wipe === true && hadContainers(stack)) await removeVolumes(stack);
  });
  if (options.wipe === true) rmSync(stackDir, { recursive: true, force: true });
}

/**
 * Prefix of the stacks that tests create. Such a name contains the pid of the test: `test-x-123`.
 */
export const TEST_STACK_PREFIX = "test-";

/** Returns true when the test process that created the stack has ended. */
export function isLeftOverTestStack(name: string): boolean {
  if (!name.startsWith(TEST_STACK_PREFIX)) return false;
  const pid = /\d+/.exec(name)?.[0];
  return pid === undefined || processIdentity(Number(pid)) === undefined;
}

/** Stops and removes the stacks of interrupted tests. */
export async function removeTestStacks(options: Pick<StackOptions, "rootDir"> = {}): Promise<void> {
  const rootDir = dirname(stackDirOf(options));
  if (!existsSync(rootDir)) return;
  const names = readdirSync(rootDir).filter(isLeftOverTestStack);
  await Promise.all(names.map((name) => stackDown({ ...options, name, wipe: true })));
}

function hadContainers(stack: OpenStack): boolean {
  return serverNames.some((name) => stack.state.servers[name]?.source === "docker");
}

/** Stops the named servers in parallel. */
export async function stopAll(stack: OpenStack, names: readonly ServerName[]): Promise<void> {
  await Promise.all(
    names.map(async (name) => {
      const record = stack.state.servers[name];
      if (record === undefined) return;
      if (record.source === "docker") {
        // A clean stop first: MySQL would otherwise recover its data at the next start.
        await commandContainer(stack, name, "stop");
        await commandContainer(stack, name, "remove");
        stack.onProgress(`${name}: container removed`);
      } else {
        const wasRunning = record.pid !== undefined;
        await stopPrivate(stack, name);
        if (wasRunning) stack.onProgress(`${name}: stopped`);
      }
    }),
  );
}
