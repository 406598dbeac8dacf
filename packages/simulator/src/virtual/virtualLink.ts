import { ConnectionLostError, type ServerLink } from "@onsale/core/memory";
import { type Actor, currentActor } from "./actor.ts";
import { type CallFault, callName, type Faults, type Server } from "./faults.ts";
import type { Owner, Scheduler } from "./scheduler.ts";
import type { Stalls } from "./stalls.ts";
import { shown, shownError, type Trace } from "./trace.ts";

/** The process that owns a link. */
export interface LinkOwner extends Owner {
  /** The actor for calls of loops and consumers, which belong to no request. */
  readonly self: Actor;
  crash(downMs: number): void;
}

/** The parts of the simulated network that all connections of a run share. */
export interface Network {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly stalls: Stalls;
  readonly trace: Trace;
}

/** A promise that never settles, for an operation of a crashed process. */
const never = (): Promise<never> => new Promise(() => undefined);

type TakeNote = (actor: Actor, kind: "call" | "fault", text: string) => void;

/** Makes the function that adds an event to the trace. */
function noteFor({ scheduler, trace }: Network): TakeNote {
  return (actor, kind, text) => {
    if (trace.isKept) trace.add({ atMs: scheduler.elapsedMs, actor: actor.name, kind, text });
  };
}

/**
 * Makes the function that lets the server do the work. The function returns a promise only when the
 * server has to wait.
 */
function reachFor(end: LinkOwner, network: Network) {
  const { trace } = network;
  const note = noteFor(network);

  function reach<T>(actor: Actor, point: string, work: () => T | Promise<T>): T | Promise<T> {
    let working: T | Promise<T>;
    try {
      working = work();
    } catch (error) {
      return failed(actor, point, error);
    }
    return working instanceof Promise
      ? settled(actor, point, working)
      : answered(actor, point, working);
  }

  /** A function of its own, so that a call that does not wait makes no closures. */
  function settled<T>(actor: Actor, point: string, working: Promise<T>): Promise<T> {
    return working.then(
      (result) => answered(actor, point, result),
      (error: unknown) => failed(actor, point, error),
    );
  }

  function answered<T>(actor: Actor, point: string, result: T): T | Promise<T> {
    if (!end.isAlive) return never();
    if (trace.isKept)
      note(actor, "call", point === "begin" ? point : `${point} -> ${shown(result)}`);
    return result;
  }

  function failed(actor: Actor, point: string, error: unknown): Promise<never> {
    if (!end.isAlive) return never();
    if (trace.isKept) note(actor, "call", `${point} fails: ${shownError(error)}`);
    throw error;
  }

  return reach;
}

/**
 * Makes the server link of a process. Every call waits for a step of the scheduler and may have a
 * fault.
 */
export function virtualLink(end: LinkOwner, network: Network): ServerLink {
  const { scheduler, faults, stalls, trace } = network;
  const note = noteFor(network);
  const reach = reachFor(end, network);

  /** Lets the server do the work after the caller has stopped waiting for it. */
  async function doLater(point: string, ms: number, work: () => unknown): Promise<void> {
    await scheduler.sleep(stalls.owner, ms);
    try {
      await work();
      note(end.self, "call", `${point}, late`);
    } catch (error) {
      note(end.self, "call", `${point}, late, fails: ${shownError(error)}`);
    }
  }

  /** Does a call with a fault. */
  function failBy<T>(
    fault: CallFault,
    actor: Actor,
    point: string,
    work: () => T | Promise<T>,
  ): Promise<T> {
    if (trace.isKept) note(actor, "fault", `${point}: ${faultText(fault)}`);
    return applyCallFault(fault, point, {
      end,
      scheduler,
      serve: () => reach(actor, point, work),
      late: (ms) => void doLater(point, ms, work),
    });
  }

  return {
    async call<T>(server: Server, point: string, work: () => T | Promise<T>): Promise<T> {
      if (!end.isAlive) return never();
      const actor = currentActor() ?? end.self;
      const fault = faults.callFaultOf(actor, true);
      const nth = actor.calls;
      await scheduler.nextStep(end);
      const stalled = stalls.leftMs(server) > 0 && (await stalls.pass(end, server));
      if (stalled === "broken") {
        note(actor, "fault", `${point}: ${server} does not answer`);
        const waitMs = stalls.leftMs(server);
        if (stalls.arrivesLater(callName(actor, nth)) && Number.isFinite(waitMs)) {
          void doLater(point, waitMs, work);
          throw new ConnectionLostError(point, { isUnderWay: true });
        }
        throw new ConnectionLostError(point);
      }
      if (!fault) return reach(actor, point, work);
      return await failBy(fault, actor, point, work);
    },
  };
}

interface InterceptedCall<T> {
  readonly end: LinkOwner;
  readonly scheduler: Scheduler;
  /** Does the call without a fault. */
  serve(): T | Promise<T>;
  /** Lets the server do the work later. The answer is lost. */
  late(ms: number): void;
}

async function applyCallFault<T>(
  fault: CallFault,
  point: string,
  call: InterceptedCall<T>,
): Promise<T> {
  const { end, scheduler, serve, late } = call;
  switch (fault.kind) {
    case "lost-request":
      throw new ConnectionLostError(point);
    case "lost-answer":
      await serve();
      throw new ConnectionLostError(point);
    case "late-request":
      late(fault.ms);
      throw new ConnectionLostError(point, { isUnderWay: true });
    case "slow-request":
      await scheduler.sleep(end, fault.ms);
      return serve();
    case "slow-answer": {
      const result = await serve();
      await scheduler.sleep(end, fault.ms);
      return result;
    }
    case "crash-before":
      end.crash(fault.downMs);
      return never();
    case "crash-after":
      await serve();
      end.crash(fault.downMs);
      return never();
  }
}

function faultText(fault: CallFault): string {
  const waits = "ms" in fault && fault.kind !== "lost-answer";
  return waits ? `${fault.kind} ${fault.ms} ms` : fault.kind;
}
