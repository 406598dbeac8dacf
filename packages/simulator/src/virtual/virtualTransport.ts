import { API_PREFIX } from "@onsale/client/http";
import {
  headersOf,
  readAnswer,
  type Transport,
  type TransportAnswer,
  type TransportRequest,
} from "../actors/transport.ts";
import type { RandomStreams } from "../chance/seededRandom.ts";
import { type Actor, currentActor } from "./actor.ts";
import type { CallFault } from "./faults.ts";
import type { Owner } from "./scheduler.ts";
import { codeOf } from "./sideRequests.ts";
import { shown, stackOf } from "./trace.ts";
import type { Network } from "./virtualLink.ts";
import type { ReportViolation, VirtualProcess } from "./virtualProcess.ts";

interface Sent {
  readonly buyer: Actor;
  /** The number of the request among the buyer's requests, from 1. */
  readonly nth: number;
  readonly request: TransportRequest;
}

/** After this time the client stops waiting for a slow answer, ms. */
const GIVES_UP_MS = 1_500;

const failed = (failure: string): TransportAnswer => ({
  kind: "failed",
  failure,
  status: undefined,
  retryAfterMs: undefined,
});

/**
 * The transport of virtual clients: each request waits for a step of the scheduler, may have a call
 * fault, and is answered by the endpoints of a virtual API process.
 * @param apis the API processes that exist now
 */
export function virtualTransport(
  network: Network,
  streams: RandomStreams,
  apis: () => readonly VirtualProcess[],
  report: ReportViolation,
): Transport {
  const { scheduler, faults, stalls, trace } = network;

  function note(actor: Actor, kind: "request" | "answer" | "fault", text: () => string): void {
    if (!trace.isKept) return;
    trace.add({ atMs: scheduler.elapsedMs, actor: actor.name, kind, text: text() });
  }

  async function answerOf(process: VirtualProcess, { buyer, nth, request }: Sent) {
    const name = `${buyer.name}@${process.name}`;
    // The key contains the buyer's name and how many requests this buyer has sent. So the key stays
    // the same when another buyer is left out of the run.
    const key = `${buyer.name}.${nth}@${process.name}`;
    const self = { name, key, random: streams(key), calls: 0 };
    const { method, path, body } = request;
    const answer = await process.serve(self, () =>
      process.answer({
        requestId: key,
        ...{ method, ...targetOf(path), body },
        headers: headersOf(request),
      }),
    );
    if (!answer) return failed("connection lost");
    if (answer.status === 500) {
      report("answers", `${method} ${path} was answered with 500: ${stackOf(answer.error)}`);
    }
    const read = readAnswer(answer.status, answer.body ?? "", answer.headers["Retry-After"]);
    if (isReusedKey(read)) report("keys", `${method} ${path}: another request used the key before`);
    return read;
  }

  async function send(target: number, request: TransportRequest): Promise<TransportAnswer> {
    const buyer = currentActor();
    if (!buyer) throw new Error("only buyers send requests");
    const fault = faults.callFaultOf(buyer, false);
    // Reads the count before the request waits, because the buyer may send another request
    // meanwhile.
    const sent = { buyer, nth: buyer.calls, request };
    note(buyer, "request", () => requestText(request));
    await scheduler.nextStep(stalls.owner);
    const answer = await travel(target, sent, fault);
    note(buyer, "answer", () => `${request.method} ${request.path}: ${answerText(answer)}`);
    return answer;
  }

  function travel(
    target: number,
    sent: Sent,
    fault: CallFault | undefined,
  ): Promise<TransportAnswer> | TransportAnswer {
    const { buyer, request } = sent;
    const processes = apis();
    const process = processes[Math.abs(target) % processes.length];
    if (!process?.isAlive) return failed("connection refused");
    const serve = (): Promise<TransportAnswer> => answerOf(process, sent);
    if (!fault) return serve();
    note(buyer, "fault", () => `${request.method} ${request.path}: ${fault.kind}`);
    return travelWithFault(network, fault, process, serve);
  }

  return { send, close: async () => undefined };
}

/** The path and the query as the API gets them. */
function targetOf(path: string) {
  const [before = "", query] = path.split("?");
  const target = { path: API_PREFIX + before };
  if (query === undefined) return target;
  return { ...target, query: Object.fromEntries(new URLSearchParams(query)) };
}

/** No client uses a key twice for different requests, so this refusal is always wrong. */
function isReusedKey(answer: TransportAnswer): boolean {
  return answer.kind === "refused" && codeOf(answer.body) === "IDEMPOTENCY_KEY_REUSED";
}

/** Applies a call fault to a request and its answer. */
async function travelWithFault(
  { scheduler, stalls }: Network,
  fault: CallFault,
  process: Owner,
  serve: () => Promise<TransportAnswer>,
): Promise<TransportAnswer> {
  const person = stalls.owner;
  switch (fault.kind) {
    case "lost-request":
      return failed("connection lost");
    case "slow-request":
      await scheduler.sleep(person, fault.ms);
      return process.isAlive ? serve() : failed("connection lost");
    case "late-request":
      void scheduler.sleep(person, fault.ms).then(() => (process.isAlive ? serve() : undefined));
      return failed("timeout");
    case "lost-answer": {
      // The client times out and repeats the request, while the process may still be serving the
      // first one.
      const patience = scheduler.sleep(person, Math.min(fault.ms, GIVES_UP_MS));
      await Promise.race([serve(), patience]);
      return failed("timeout");
    }
    default: {
      const answer = await serve();
      await scheduler.sleep(person, "ms" in fault ? fault.ms : 0);
      return answer;
    }
  }
}

function requestText({ method, path, body }: TransportRequest): string {
  return `${method} ${path}${body ? ` ${shown(body)}` : ""}`;
}

function answerText(answer: TransportAnswer): string {
  if (answer.kind === "failed") return `no answer (${answer.failure})`;
  if (answer.kind === "refused") return `refused ${shown(answer.body)}`;
  return shown(withoutToken(answer.data));
}

/** Removes the token from a traced answer, because a token is long and does not help a reader. */
function withoutToken(data: unknown): unknown {
  if (typeof data !== "object" || data === null || !("token" in data)) return data;
  const { token: _token, ...rest } = data;
  return rest;
}
