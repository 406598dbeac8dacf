import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readManifest } from "../releasedPackages.ts";
import { buyInBrowser, findChromium } from "./browserCheck.ts";
import { expectEnd, type InstalledProject } from "./installedProject.ts";

/** A use of the installed packages. It throws when the result is not what a user expects. */
export interface Check {
  readonly name: string;
  run(project: InstalledProject): Promise<void>;
}

export interface CheckInput {
  readonly rootDir: string;
  /** A project in which only the client is installed, on the oldest Node that it accepts. */
  readonly shop: InstalledProject;
  readonly version: string;
  /** Variables that name the servers; undefined without servers. */
  readonly servers: NodeJS.ProcessEnv | undefined;
}

/** The checks in their order. The first ones need no server. */
export function checksOf({ rootDir, version, shop, servers }: CheckInput): readonly Check[] {
  const checks = [
    commandLine(version),
    serveEmbedded,
    explore,
    refusals,
    readmeExamples(rootDir),
    buyWithClient(rootDir, shop),
    mochaTests(rootDir),
    types(rootDir),
  ];
  return servers === undefined
    ? checks
    : [...checks, migrate(servers), serveOnServers(servers), processes(servers)];
}

const commandLine = (version: string): Check => ({
  name: "npx onsale --help and --version",
  async run({ run }) {
    expectEnd(await run(["npx", "onsale", "--help"]), 0, "TOPICS", "serve");
    expectEnd(await run(["npx", "onsale", "--version"]), 0, `@onsale/cli/${version}`);
  },
});

const BUY = ["bash", "-e", "tour.sh"];
const SERVE = ["--port", "0", "--tour-file", "tour.sh"];

const serveEmbedded: Check = {
  name: "onsale serve --embedded: join, hold, pay, stop by SIGTERM",
  async run(project) {
    const server = await project.serve(["--embedded", ...SERVE]);
    const bought = await project.run(BUY);
    expectEnd(await server.stop(), 0);
    expectEnd(bought, 0, '"status":"PENDING"', '"status":"CAPTURED"');
  },
};

const explore: Check = {
  name: "npx onsale sim explore --seeds 20",
  async run({ run }) {
    const explored = await run(["npx", "onsale", "sim", "explore", "--seeds", "20"]);
    expectEnd(explored, 0, "20 of 20 seeds", "Every check passed after every seed.");
  },
};

const refusals: Check = {
  name: "commands without servers name the next step",
  async run({ run }) {
    const STACK = ["STACK_NOT_RUNNING", "onsale stack up"];
    expectEnd(await run(["npx", "onsale", "bench", "holds", "--quick"]), 3, ...STACK);
    expectEnd(await run(["npx", "onsale", "queue", "status"]), 3, ...STACK);
    const page = await run(["npx", "onsale", "bench", "all", "--page"]);
    expectEnd(page, 2, "NOT_A_CHECKOUT");
    expectEnd(await run(["npx", "onsale", "study", "load"]), 2, "NOT_A_CHECKOUT");
  },
};

const readmeExamples = (rootDir: string): Check => ({
  name: "the examples in the packages' README.md",
  async run({ run }) {
    for (const name of ["core", "api", "simulator"]) {
      const page = readFileSync(join(rootDir, "packages", name, "README.md"), "utf8");
      const [, example = ""] = /```js\n(.*?)```/s.exec(page) ?? [];
      assert(example !== "", `packages/${name}/README.md has no example`);
      expectEnd(await run(["node", "--input-type=module", "--eval", example]), 0);
    }
  },
});

/** The programs of the documents that use the client, with the address of a running server. */
const buyWithClient = (rootDir: string, shop: InstalledProject): Check => ({
  name: "the client buys tickets, beside the other packages and alone on its oldest Node",
  async run(project) {
    const first = readFileSync(join(rootDir, "docs", "start", "firstClient.mjs"), "utf8");
    const page = readFileSync(join(rootDir, "packages", "client", "README.md"), "utf8");
    const [, example = ""] = /```js\n(.*?)```/s.exec(page) ?? [];
    assert(example !== "", "packages/client/README.md has no example");
    const server = await project.serve(["--embedded", "--port", "0"]);
    try {
      for (const { folder, run } of [project, shop]) {
        writeFileSync(join(folder, "firstClient.mjs"), first);
        expectEnd(await run(["node", "firstClient.mjs", server.url]), 0, "Bought ");
        writeFileSync(
          join(folder, "example.mjs"),
          example.replace("http://127.0.0.1:8080", server.url),
        );
        expectEnd(await run(["node", "example.mjs"]), 0, "0 0");
      }
      const modules = join(shop.folder, "node_modules");
      const chromium = findChromium();
      if (chromium === undefined)
        console.log("  skipped a page in Chromium, which is not installed");
      else {
        await buyInBrowser(chromium, modules, server.url);
        console.log("  bought  a ticket on a page in Chromium");
      }
    } finally {
      await server.stop();
    }
    writeFileSync(join(shop.folder, "tsconfig.json"), JSON.stringify(BROWSER_PROJECT));
    writeFileSync(join(shop.folder, "page.ts"), BROWSER_PAGE);
    expectEnd(await shop.run(["npx", "tsc", "-p", "tsconfig.json"]), 0);
  },
});

/** A project for browsers: no types of Node. */
const BROWSER_PROJECT = {
  compilerOptions: {
    ...{ strict: true, noEmit: true, module: "esnext", moduleResolution: "bundler" },
    ...{ target: "es2024", lib: ["es2024", "dom"], types: [] },
  },
  include: ["page.ts"],
};
const BROWSER_PAGE = `import { createClient, type Place } from "@onsale/client";
const visit = createClient({ baseUrl: "" }).continueVisit("token");
export const place: Promise<Place> = visit.admission({ signal: AbortSignal.timeout(1000) });
`;

const mochaTests = (rootDir: string): Check => ({
  name: "startServer and createApp in the project's mocha tests",
  async run({ folder, run }) {
    for (const name of ["exampleServer", "exampleApp"]) {
      const file = join("packages", "api", "test", "embedded", `${name}.test.ts`);
      cpSync(join(rootDir, file), join(folder, "test", `${name}.test.ts`));
    }
    const tested = await run(["npx", "mocha", "--timeout", "20000", "test/*.test.ts"]);
    expectEnd(tested, 0, "2 passing");
    // Warnings of Node come from a file that it compiled, or from an unmended dependency.
    assert(!/Warning/.test(tested.text), tested.text);
  },
});

const types = (rootDir: string): Check => ({
  name: "the types of every entry: strict, nodenext, without skipLibCheck",
  async run({ folder, run }) {
    const page = readFileSync(join(rootDir, "docs", "start", "EMBEDDED.md"), "utf8");
    const [, config = ""] = /```json\n(\{\n {2}"compilerOptions".*?)```/s.exec(page) ?? [];
    assert(config !== "", "docs/start/EMBEDDED.md has no compilerOptions");
    writeFileSync(join(folder, "tsconfig.json"), config);
    writeFileSync(join(folder, "entries.ts"), entriesText(folder));
    expectEnd(await run(["npx", "tsc", "-p", "tsconfig.json"]), 0);
  },
});

/** A module that imports every entry, and that fails to compile when a type is `any`. */
function entriesText(folder: string): string {
  const scope = join("node_modules", "@onsale");
  const names = readdirSync(join(folder, scope)).flatMap((name) => {
    const { exports = {} } = readManifest(join(folder, scope, name));
    const entries = Object.keys(exports).filter((entry) => !entry.endsWith("package.json"));
    return entries.map((entry) => `@onsale/${name}${entry.slice(1)}`);
  });
  // The entry "main" starts a process.
  const imported = names.filter((name) => !name.endsWith("/main"));
  return [
    ...imported.map((name, index) => `export type * as entry${index} from "${name}";`),
    'import { startServer } from "@onsale/api";',
    'import { holdSeats } from "@onsale/core";',
    "type IsAny<T> = 0 extends 1 & T ? true : false;",
    "type Checked = IsAny<Parameters<typeof startServer>[0]> | IsAny<typeof holdSeats>;",
    "export const isAny: Checked = false;",
  ].join("\n");
}

const migrate = (servers: NodeJS.ProcessEnv): Check => ({
  name: "npx onsale db migrate",
  async run({ run }) {
    const first = await run(["npx", "onsale", "db", "migrate"], servers);
    expectEnd(first, 0, "0001-initialSchema", "0017-outboxMarksInPlace");
  },
});

const serveOnServers = (servers: NodeJS.ProcessEnv): Check => ({
  name: "onsale serve on servers: join, hold, pay, publish to Kafka, stop by SIGTERM",
  async run(project) {
    const server = await project.serve(SERVE, servers);
    const bought = await project.run(BUY);
    const published = await publishedCount(project, servers);
    const doctor = await project.run(["npx", "onsale", "doctor"], servers);
    const stopped = await server.stop();
    expectEnd(bought, 0, '"status":"CAPTURED"');
    assert(published > 0, "no message was published");
    expectEnd(doctor, 0);
    expectEnd(stopped, 0, "API and worker have stopped");
    // kafkajs without the mended line warns of a negative timer.
    assert(!/Warning/.test(stopped.text + doctor.text), stopped.text + doctor.text);
  },
});

/** How often the outbox is read until nothing waits. Each reading starts a process. */
const READINGS_MAX = 20;

async function publishedCount(
  project: InstalledProject,
  servers: NodeJS.ProcessEnv,
): Promise<number> {
  for (let reading = 1; reading <= READINGS_MAX; reading += 1) {
    const status = await project.run(["npx", "onsale", "outbox", "status", "--json"], servers);
    const [, pending] = /"pending": (\d+)/.exec(status.text) ?? [];
    const [, published] = /"published": (\d+)/.exec(status.text) ?? [];
    if (pending === "0" && published !== "0") return Number(published);
  }
  return 0;
}

const processes = (servers: NodeJS.ProcessEnv): Check => ({
  name: "the program of the API and worker processes",
  async run({ run }) {
    const main = join("node_modules", "@onsale", "api", "dist", "main.js");
    expectEnd(await run(["node", main, "--help"]), 0, `Usage: node ${main}`);
    const secrets = { QUEUE_TOKEN_KEYS: `k1:${"x".repeat(43)}`, AUTH_JWT_SECRET: "y".repeat(43) };
    const env = { ...servers, ...secrets, PORT: "0", HOST: "127.0.0.1" };
    const bounded = await run(["timeout", "--preserve-status", "10", "node", main, "all"], env);
    expectEnd(bounded, 0, '"event":"ready"');
  },
});
