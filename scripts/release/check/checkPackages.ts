/** Installs the tarballs of `packed` in an empty project and uses them; scripts/pack runs it. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readManifest } from "../releasedPackages.ts";
import { checksOf } from "./checks.ts";
import { expectEnd, type InstalledProject, installedProject } from "./installedProject.ts";

const rootDir = join(import.meta.dirname, "..", "..", "..");
const packedDir = join(rootDir, "packed");
const { version, devDependencies = {} } = readManifest(rootDir);
/** The oldest Node that the packages accept, and the Node of the workspace. */
const NODE_VERSIONS = ["22.22.0", "24.21.0"];
/** The oldest Node that the client accepts. */
const CLIENT_NODE = "22.12.0";
/** The tools of a project in TypeScript with tests. */
const TOOLS = ["typescript", "mocha", "@types/mocha", "@types/node"];

const folder = mkdtempSync(join(tmpdir(), "onsale-packages-"));
let failed = 0;
console.log(`Node ${CLIENT_NODE}`);
const shop = await projectOn(CLIENT_NODE, "client");
const hasClient = await step("npm install of the client alone", async () => {
  const tarball = `onsale-client-${version}.tgz`;
  cpSync(join(packedDir, tarball), join(shop.folder, tarball));
  const compiler = `typescript@${devDependencies.typescript}`;
  await install(shop, ["--engine-strict", `./${tarball}`, compiler]);
});
if (!hasClient) failed += 1;
for (const nodeVersion of NODE_VERSIONS) failed += await checkOn(nodeVersion);
if (failed === 0) {
  rmSync(folder, { recursive: true });
  console.log(`Every check passed on Node ${NODE_VERSIONS.join(" and ")}.`);
} else console.log(`${failed} failed; the projects are in ${folder}`);
process.exitCode = failed === 0 ? 0 : 1;

/** Checks the packages on one version of Node. @returns the number of failures */
async function checkOn(nodeVersion: string): Promise<number> {
  const name = `node${nodeVersion.replaceAll(".", "-")}`;
  console.log(`Node ${nodeVersion}`);
  const project = await projectOn(nodeVersion, name);
  const installed = await step("npm install ./*.tgz", async () => {
    expectEnd(await project.run(["node", "--version"]), 0, `v${nodeVersion}`);
    const tarballs = readdirSync(packedDir).filter((file) => file.endsWith(".tgz"));
    for (const file of tarballs) cpSync(join(packedDir, file), join(project.folder, file));
    const others = TOOLS.map((tool) => `${tool}@${devDependencies[tool]}`);
    // An engine that a dependency does not support is an error, not a warning.
    await install(project, ["--engine-strict", ...tarballs.map((file) => `./${file}`), ...others]);
  });
  if (!installed) return 1;
  const results = [];
  const checks = checksOf({
    rootDir,
    version,
    shop,
    servers: serversFor(name.replaceAll("-", "_")),
  });
  for (const check of checks) results.push(await step(check.name, () => check.run(project)));
  return results.filter((isGood) => !isGood).length;
}

/** Makes an empty project whose `node` has this version. */
async function projectOn(nodeVersion: string, name: string): Promise<InstalledProject> {
  const tools = projectIn(join(folder, `${name}-tools`), "");
  const node = `node-${process.platform}-${process.arch}@${nodeVersion}`;
  await install(tools, [node]);
  const [program = ""] = node.split("@");
  return projectIn(join(folder, name), join(tools.folder, "node_modules", program, "bin"));
}

function projectIn(projectFolder: string, nodeFolder: string): InstalledProject {
  mkdirSync(projectFolder);
  const manifest = { name: "shop", private: true, type: "module" };
  writeFileSync(join(projectFolder, "package.json"), JSON.stringify(manifest));
  return installedProject(projectFolder, nodeFolder);
}

async function install({ run }: InstalledProject, words: readonly string[]): Promise<void> {
  expectEnd(await run(["npm", "install", "--no-audit", "--no-fund", ...words]), 0);
}

/** The servers that the environment names, with data for this check only. */
function serversFor(name: string): NodeJS.ProcessEnv | undefined {
  const { MYSQL_URL, REDIS_URL, KAFKA_BROKERS, KAFKA_IDEMPOTENT } = process.env;
  if (!MYSQL_URL || !REDIS_URL || !KAFKA_BROKERS) return undefined;
  const url = new URL(MYSQL_URL);
  url.pathname = `/onsale_${name}_${process.pid}`;
  return {
    ...{ MYSQL_URL: url.href, REDIS_URL, KAFKA_BROKERS },
    ...(KAFKA_IDEMPOTENT === undefined ? {} : { KAFKA_IDEMPOTENT }),
    ...{
      REDIS_KEY_PREFIX: `${name}-${process.pid}:`,
      KAFKA_TOPIC_PREFIX: `${name}-${process.pid}.`,
    },
  };
}

async function step(name: string, run: () => Promise<void>): Promise<boolean> {
  const startedMs = performance.now();
  try {
    await run();
    console.log(`  done    ${name} (${((performance.now() - startedMs) / 1000).toFixed(1)} s)`);
    return true;
  } catch (error) {
    console.log(`  FAILED  ${name}\n${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}
