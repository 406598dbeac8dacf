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

/** Makes the function that lets the server do the work after the caller has stopped waiting. */
function laterFor(end: LinkOwner, network: Network) {
  const { scheduler, stalls } = network;
  const note = noteFor(network);
  return async (point: string, ms: number, work: () => unknown): Promise<void> => {
    await scheduler.sleep(stalls.owner, ms);
    try {
      await work();
      note(end.self, "call", `${point}, late`);
    } catch (error) {
      note(end.self, "call", `${point}, late, fails: ${shownError(error)}`);
    }
  };
}

/**
 * Makes the server link of a process. Every call waits for a step of the scheduler and may have a
 * fault.
 */
export function virtualLink(end: LinkOwner, network: Network): ServerLink {
  const { scheduler, faults, stalls, trace } = network;
  const note = noteFor(network);
  const reach = reachFor(end, network);
  const doLater = laterFor(end, network);

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

  /** Does a call whose step has come. */
  function arrive<T>(call: MadeCall<T>): T | Promise<T> {
    const { actor, server, point, work, fault } = call;
    if (stalls.leftMs(server) > 0) return wait(call);
    return fault ? failBy(fault, actor, point, work) : reach(actor, point, work);
  }

  /** Waits for a stalled server, and then does the call if the server answers in time. */
  async function wait<T>(call: MadeCall<T>): Promise<T> {
    const { actor, nth, server, point, work, fault } = call;
    if ((await stalls.pass(end, server)) !== "broken") {
      return fault ? failBy(fault, actor, point, work) : reach(actor, point, work);
    }
    note(actor, "fault", `${point}: ${server} does not answer`);
    const waitMs = stalls.leftMs(server);
    if (stalls.arrivesLater(callName(actor, nth)) && Number.isFinite(waitMs)) {
      void doLater(point, waitMs, work);
      throw new ConnectionLostError(point, { isUnderWay: true });
    }
    throw new ConnectionLostError(point);
  }

  return {
    call<T>(server: Server, point: string, work: () => T | Promise<T>): Promise<T> {
      if (!end.isAlive) return never();
      const actor = currentActor() ?? end.self;
      const fault = faults.callFaultOf(actor, true);
      const made: MadeCall<T> = { actor, nth: actor.calls, server, point, work, fault };
      // The server works within the step itself: a promise of the step would cost more than the
      // work of most calls.
      return new Promise((resolve, reject) => {
        scheduler.atNextStep(end, () => {
          try {
            resolve(arrive(made));
          } catch (error) {
            reject(error);
          }
        });
      });
    },
  };
}

/** A call that waits for its step, with the fault that was drawn for it. */
interface MadeCall<T> {
  readonly actor: Actor;
  /** The number of the call among the actor's calls. */
  readonly nth: number;
  readonly server: Server;
  readonly point: string;
  readonly work: () => T | Promise<T>;
  readonly fault: CallFault | undefined;
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
