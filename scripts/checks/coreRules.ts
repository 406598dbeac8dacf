import type { Finding } from "./finding.ts";
import type { ImportArrow } from "./importsOf.ts";

const coreRoot = "packages/core/src/";

/** Folders in adapters/ with code that several adapters share. */
const sharedByAdapters = new Set(["shared", "sql"]);

/**
 * The domain folders that each domain folder may import. A folder that is not listed may import
 * none.
 */
const domainArrows: Readonly<Record<string, readonly string[]>> = {
  payment: ["reservation", "point", "queue", "outbox", "idempotency"],
  reservation: ["outbox", "queue", "idempotency"],
  point: ["outbox", "idempotency"],
  queue: ["outbox"],
  // Because a concert names its waiting room.
  catalog: ["queue"],
  sales: ["outbox"],
  // Reads the lag of both consumers.
  notification: ["outbox", "sales"],
  // Because an invariant compares the notifier's inbox with other tables.
  invariants: ["notification"],
  // Starts the loops of all domains.
  worker: ["queue", "reservation", "outbox", "notification", "sales", "invariants", "operations"],
  // Reads the state of all domains.
  diagnosis: [
    "api",
    "invariants",
    "notification",
    "operations",
    "outbox",
    "queue",
    "reservation",
    "sales",
    "worker",
  ],
  // Plans and runs the changes that operators make, in all domains.
  operations: [
    // Because a bulk change can watch the holds of the API processes.
    "api",
    "catalog",
    "idempotency",
    "invariants",
    "notification",
    "outbox",
    "payment",
    "point",
    "queue",
    "reservation",
    // Because the list of all operations includes the runs of runbooks.
    "runbook",
    "sales",
  ],
  // Puts operations and readings in order.
  runbook: [
    "api",
    "diagnosis",
    "invariants",
    "notification",
    "operations",
    "outbox",
    "payment",
    "point",
    "queue",
    "reservation",
  ],
};

type Zone =
  | { kind: "assembler" | "config" | "shared" | "events" | "ports" | "stray" }
  | { kind: "adapter" | "domain"; name: string };

function zoneOf(path: string): Zone | undefined {
  if (!path.startsWith(coreRoot)) return undefined;
  const [first = "", second = ""] = path.slice(coreRoot.length).split("/");
  // The entry and the folder that opens cores may import every folder of core.
  if (first === "index.ts" || first === "compose") return { kind: "assembler" };
  if (first.endsWith(".ts")) return { kind: "stray" };
  if (first === "shared" || first === "ports" || first === "config" || first === "events") {
    return { kind: first };
  }
  if (first === "adapters") return { kind: "adapter", name: second };
  return { kind: "domain", name: first };
}

/**
 * Tests whether the file defines states or errors, the only parts of a domain that a store may
 * import.
 */
const isStatesOrErrors = (path: string): boolean =>
  /\/(errors|states|[a-zA-Z]+(States|Error|Errors))\.ts$/.test(path);

/**
 * Checks imports within core. The allowed directions: shared <- events <- ports <- domains <-
 * entry, and ports <- adapters <- compose.
 */
export function checkCore(arrow: ImportArrow): Finding[] {
  const from = zoneOf(arrow.from);
  const to = arrow.isFile ? zoneOf(arrow.to) : undefined;
  if (from === undefined || to === undefined) return [];
  const complaint = complaintOf(from, to, arrow.to);
  if (complaint === undefined) return [];
  const advice = `${arrow.to.slice(coreRoot.length)}: ${complaint}`;
  return [{ path: arrow.from, line: arrow.line, rule: "core-direction", advice }];
}

function complaintOf(from: Zone, to: Zone, toPath: string): string | undefined {
  if (from.kind === "assembler") return undefined;
  if (from.kind === "stray")
    return "core's root may contain index.ts only; move the file to a folder";
  if (to.kind === "assembler") return "code inside core must not import the entry or compose/";
  switch (from.kind) {
    case "shared":
      return to.kind === "shared" ? undefined : "shared imports only shared";
    case "config":
      return to.kind === "shared" || to.kind === "config"
        ? undefined
        : "config imports only shared";
    case "events":
      return to.kind === "shared" || to.kind === "events"
        ? undefined
        : "the event catalogue imports only shared";
    case "ports": {
      const isBelow = ["ports", "shared", "events", "config"].includes(to.kind);
      return isBelow ? undefined : "ports import only ports, shared, events and the config's type";
    }
    case "domain":
      return domainComplaint(from.name, to);
    case "adapter":
      return adapterComplaint(from.name, to, toPath);
  }
}

function domainComplaint(from: string, to: Zone): string | undefined {
  if (to.kind === "adapter") return "a domain uses ports, never an adapter";
  if (to.kind !== "domain" || to.name === from) return undefined;
  const allowed = domainArrows[from] ?? [];
  if (allowed.includes(to.name)) return undefined;
  return `${from} may import ${allowed.join(", ") || "no other domain folder"}`;
}

function adapterComplaint(from: string, to: Zone, toPath: string): string | undefined {
  if (to.kind === "domain") {
    const advice = "an adapter may import a domain's states and errors, not its workflows";
    return isStatesOrErrors(toPath) ? undefined : advice;
  }
  if (to.kind !== "adapter" || to.name === from) return undefined;
  if (sharedByAdapters.has(to.name)) return undefined;
  return "an adapter must not import another adapter; move shared code to adapters/shared";
}
