import { givenServerAccepts } from "./givenServer.ts";
import { MOCK_FLAVOUR } from "./kafkaMock.ts";
import { type OpenStack, openStack } from "./openStack.ts";
import { runningProcess } from "./privateControl.ts";
import { answers, serverKinds } from "./serverKinds.ts";
import { environmentUrl } from "./serverSource.ts";
import type { ServerName, ServerStatus, StackOptions, StackUrls } from "./types.ts";

/** Pings one server and reports its state, whatever the source of the server. */
export async function statusOf(stack: OpenStack, name: ServerName): Promise<ServerStatus> {
  const url = environmentUrl(name, stack.env);
  if (url !== undefined) {
    const ready = await givenServerAccepts(name, url);
    // Masks the password in the URL, because the status is printed.
    return {
      name,
      source: "environment",
      flavour: "set by the environment",
      url: mask(url),
      ready,
    };
  }
  const record = stack.state.servers[name];
  if (record === undefined) {
    const reserved = serverKinds[name].urlAt(stack.state.ports);
    return { name, source: "private", flavour: "not started", url: reserved, ready: false };
  }
  const launched = runningProcess(record);
  const mayAnswer = record.source === "docker" || launched !== undefined;
  return {
    name,
    source: record.source,
    flavour: record.flavour,
    url: record.url,
    ready: mayAnswer && (await answers(name, record.url)),
    ...(launched === undefined ? {} : { pid: launched.pid }),
    ...(record.logFile === undefined ? {} : { logFile: record.logFile }),
    ...(record.startedInMs === undefined ? {} : { startedInMs: record.startedInMs }),
  };
}

/**
 * Returns the URLs of the stack's servers when at least one of them runs. Sends no ping, so it does
 * not load the clients of the servers: the caller's own connection shows whether a server answers.
 */
export async function runningUrls(options: StackOptions = {}): Promise<StackUrls | undefined> {
  const stack = await openStack(options);
  const isRunning = (name: ServerName): boolean => {
    const record = stack.state.servers[name];
    return record?.source === "docker" || runningProcess(record) !== undefined;
  };
  return stack.servers.some(isRunning) ? urlsOf(stack) : undefined;
}

/** Returns the URLs of the servers from the environment and the state. */
export function urlsOf(stack: OpenStack): StackUrls {
  const urlOf = (name: ServerName): string =>
    environmentUrl(name, stack.env) ??
    stack.state.servers[name]?.url ??
    serverKinds[name].urlAt(stack.state.ports);
  const isMock =
    environmentUrl("kafka", stack.env) === undefined &&
    stack.state.servers.kafka?.flavour === MOCK_FLAVOUR;
  return {
    mysqlUrl: urlOf("mysql"),
    redisUrl: urlOf("redis"),
    kafkaBrokers: urlOf("kafka")
      .split(",")
      .map((broker) => broker.trim()),
    kafkaIdempotent: !isMock,
  };
}

/** Returns the URL with its password masked. */
export function mask(url: string): string {
  return url.replace(/(:\/\/[^:@/]*):.*@/, "$1:***@");
}
