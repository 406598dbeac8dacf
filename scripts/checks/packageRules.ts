import type { Finding } from "./finding.ts";
import type { ImportArrow } from "./importsOf.ts";

/**
 * The packages that each package may import, only through their entries. A name with a slash allows
 * only that entry.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  conformance: ["core"],
  devstack: [],
  api: ["core"],
  // Only the program that writes the types reads the document; see `runsInBrowsers`.
  client: ["api/openapi"],
  simulator: ["core", "api/endpoints", "client"],
  cli: ["core", "api", "simulator", "devstack"],
};

/**
 * Third-party clients that only the named folders may import, so that they can be replaced there.
 */
const ownedClients: Readonly<Record<string, readonly string[]>> = {
  kafkajs: ["packages/core/src/adapters/kafka/"],
  // The bare server of the benchmark is the yardstick of the endpoints that read Redis.
  ioredis: ["packages/core/src/adapters/redis/", "packages/simulator/src/bench/"],
  redlock: ["packages/core/src/adapters/redis/"],
  "redis-semaphore": ["packages/core/src/adapters/redis/"],
  "rate-limiter-flexible": ["packages/core/src/adapters/redis/"],
  sequelize: ["packages/core/src/adapters/mysql/"],
  umzug: ["packages/core/src/adapters/mysql/"],
  "@opentelemetry/api": ["packages/core/src/adapters/otel/"],
  "@opentelemetry/core": ["packages/core/src/adapters/otel/"],
  "@opentelemetry/exporter-trace-otlp-http": ["packages/core/src/adapters/otel/"],
  "@opentelemetry/resources": ["packages/core/src/adapters/otel/"],
  "@opentelemetry/sdk-trace": ["packages/core/src/adapters/otel/"],
  // The benchmark also imports the driver, because it compares the product with the bare driver. A
  // drill disturbs the product as another program would.
  mysql2: [
    "packages/core/src/adapters/mysql/",
    "packages/simulator/src/bench/",
    "packages/simulator/src/drill/",
    // The study of locks drops an index and stalls a table in a database of its own.
    "packages/simulator/src/locks/",
  ],
};

/** Sources that also run in browsers. The program beside them that writes the types does not. */
const runsInBrowsers = /^packages\/client\/src\/(?!apiTypes\/)/;

/** The only packages that those sources import. */
const browserPackages = ["eventsource-parser"];

function packageOf(path: string): string | undefined {
  return /^packages\/([^/]+)\//.exec(path)?.[1];
}

const isTest = (path: string): boolean => /^packages\/[^/]+\/test\//.test(path);

/** Checks imports between packages, and imports of third-party clients. */
export function checkPackages(arrow: ImportArrow): Finding[] {
  const from = packageOf(arrow.from);
  if (from === undefined) return [];
  const found = (rule: string, advice: string): Finding[] => [
    { path: arrow.from, line: arrow.line, rule, advice },
  ];
  if (arrow.isFile) {
    const isOutside = packageOf(arrow.to) !== from;
    const advice = `${arrow.to} is a file of another package; import the package's entry by name`;
    return isOutside ? found("package-boundary", advice) : [];
  }
  if (runsInBrowsers.test(arrow.from) && !browserPackages.includes(arrow.to)) {
    return found("browser", `${arrow.to} does not run in browsers, or is one dependency too many`);
  }
  const own = /^@onsale\/([^/]+)(\/.+)?$/.exec(arrow.to);
  if (own?.[1] !== undefined) {
    const isAllowed = isTest(arrow.from) ? isAllowedInTest(arrow.to) : isAllowedEntry(from, own);
    const allowed = mayImport[from]?.map((name) => `@onsale/${name}`).join(", ") || "no package";
    return isAllowed
      ? []
      : found("package-direction", `${arrow.to}: ${from} may import ${allowed}`);
  }
  const client = /^(@[^/]+\/[^/]+|[^/]+)/.exec(arrow.to)?.[1] ?? arrow.to;
  const owners = ownedClients[client];
  const isFree = owners === undefined || isTest(arrow.from) || from === "devstack";
  if (isFree || owners.some((owner) => arrow.from.startsWith(owner))) return [];
  return found("client-owner", `${client} belongs to ${owners.join(" and ")}; use its port`);
}

/**
 * Tests whether the import names an allowed entry. The entry "testing" is only for tests and
 * conformance cases.
 */
function isAllowedEntry(from: string, [, to, entry]: RegExpExecArray): boolean {
  const allowed = mayImport[from] ?? [];
  if (entry !== undefined && allowed.includes(`${to}${entry}`)) return true;
  if (entry === "/testing" && from !== "conformance") return false;
  return to === from || allowed.includes(to ?? "");
}

/** Tests whether a test may import this: every entry of every package. */
function isAllowedInTest(specifier: string): boolean {
  return specifier.startsWith("@onsale/");
}
