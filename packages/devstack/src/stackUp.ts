import { DevstackError, messageOf } from "./devstackError.ts";
import { dockerAnswers, startContainer } from "./dockerStack.ts";
import { givenServerAccepts } from "./givenServer.ts";
import { checkGivenFlavour, checkRunningFlavour, requestedMysqlFlavour } from "./mysqlFlavour.ts";
import { type OpenStack, openStack } from "./openStack.ts";
import { isServing, startPrivate } from "./privateControl.ts";
import { answers } from "./serverKinds.ts";
import { chooseSource, environmentUrl, urlVariableOf } from "./serverSource.ts";
import { stackDown, stackStatus, stopAll } from "./stackDown.ts";
import { applyFault } from "./stackFault.ts";
import { withStackLock } from "./stackLock.ts";
import { stackDirOf } from "./stackState.ts";
import { mask, urlsOf } from "./stackStatus.ts";
import type { MysqlFlavour, ServerName, Stack, StackOptions } from "./types.ts";

/**
 * Returns running servers. Each server comes from the URL in the environment, otherwise from a
 * container if Docker answers, otherwise from a native process. Servers of an earlier call that
 * still answer are reused.
 * @throws DevstackError when a server cannot start. The servers that this call has started are then
 *   stopped
 */
export async function stackUp(options: StackOptions = {}): Promise<Stack> {
  const stack = await withStackLock(stackDirOf(options), () => bringUp(options));
  return {
    urls: urlsOf(stack),
    status: () => stackStatus(options),
    fault: (server, action) =>
      withStackLock(stack.stackDir, async () =>
        applyFault(await openStack(options), server, action),
      ),
    down: () => stackDown(options),
  };
}

async function bringUp(options: StackOptions): Promise<OpenStack> {
  const stack = await openStack(options);
  const flavour = requestedMysqlFlavour(options);
  const startedHere: ServerName[] = [];
  // The check for Docker runs at most once, and only if a server needs it.
  let docker: Promise<boolean> | undefined;
  const askDocker = (): Promise<boolean> => {
    docker ??= dockerAnswers(stack.env);
    return docker;
  };
  const results = await Promise.allSettled(
    stack.servers.map((name) => bringUpServer(stack, name, { flavour, askDocker, startedHere })),
  );
  const rejected = results.filter((result) => result.status === "rejected");
  if (rejected.length > 0) {
    await stopAll(stack, startedHere);
    throw oneError(rejected.map(({ reason }) => reason));
  }
  return stack;
}

/** Several servers can fail for the same reason, such as a container engine that is missing. */
function oneError(errors: readonly unknown[]): unknown {
  const texts = new Set(errors.map(messageOf));
  if (texts.size === 1) return errors[0];
  const text = [...texts].join("; ");
  const areForUser = errors.every((error) => error instanceof DevstackError);
  return areForUser ? new DevstackError(text) : new AggregateError(errors, text);
}

interface StartRequest {
  flavour: MysqlFlavour | undefined;
  askDocker: () => Promise<boolean>;
  /** Names of the servers that this call has started. */
  startedHere: ServerName[];
}

async function bringUpServer(
  stack: OpenStack,
  name: ServerName,
  { flavour, askDocker, startedHere }: StartRequest,
): Promise<void> {
  const url = environmentUrl(name, stack.env);
  const running = url === undefined ? await runningSource(stack, name) : undefined;
  const needsDockerAnswer = url === undefined && running === undefined;
  const source = chooseSource({
    environmentUrl: url,
    running,
    dockerAnswers: needsDockerAnswer && (await askDocker()),
  });
  if (source === "environment") {
    if (url !== undefined && !(await givenServerAccepts(name, url))) {
      throw new DevstackError(
        `${urlVariableOf(name)} is set, but nothing answers at ${mask(url)}; start it or unset it`,
      );
    }
    if (url !== undefined && name === "mysql") await checkGivenFlavour(url, flavour);
    stack.onProgress(`${name}: set by ${urlVariableOf(name)}`);
    return;
  }
  if (running !== undefined) {
    if (name === "mysql") checkRunningFlavour(stack, flavour);
    stack.onProgress(`${name}: already running`);
    return;
  }
  startedHere.push(name);
  if (name === "mysql") stack.state.mysqlFlavour = flavour;
  if (source === "docker") await startContainer(stack, name);
  else await startPrivate(stack, name, false);
  const record = stack.state.servers[name];
  const where = `${record?.url} in ${record?.startedInMs} ms`;
  stack.onProgress(`${name}: ${record?.flavour} at ${where}`);
}

async function runningSource(
  stack: OpenStack,
  name: ServerName,
): Promise<"docker" | "private" | undefined> {
  const record = stack.state.servers[name];
  if (record === undefined) return undefined;
  if (record.source === "private") return (await isServing(stack, name)) ? "private" : undefined;
  return (await answers(name, record.url)) ? "docker" : undefined;
}
