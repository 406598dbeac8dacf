import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";

const fileOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Opens a server, holds nothing open, and also loads the adapters of the real servers. */
const PROGRAM = `
  const { startServer } = await import(${JSON.stringify(fileOf("../../src/startServer.ts"))});
  const { readConfig } = await import("@onsale/core");
  const server = await startServer(readConfig());
  await fetch(server.url + "/api/v1/users", { method: "POST", body: '{"name":"Ada"}' });
  await import(${JSON.stringify(fileOf("../../../core/src/compose/openServers.ts"))});
  await server.close();
`;

async function loadedPackages(env: Record<string, string>): Promise<string[]> {
  const args = [`--import=${fileOf("../support/loadedModules.ts")}`, "--input-type=module"];
  const { stdout } = await promisify(execFile)(process.execPath, [...args, "-e", PROGRAM], {
    cwd: fileOf("../.."),
    env: { PATH: process.env.PATH, STACK: "embedded", PORT: "0", LOG_LEVEL: "silent", ...env },
  });
  return stdout.match(/(?<=^loaded ).+$/gm) ?? [];
}

/** prom-client loads the package of types and no-operation stubs itself, for its exemplars. */
const OF_PROM_CLIENT = ["api"];

describe("a process without an endpoint for traces", () => {
  it("loads no OpenTelemetry package for itself", async () => {
    expect(await loadedPackages({})).to.deep.equal(OF_PROM_CLIENT);
  });

  it("loads none with OTEL_SDK_DISABLED, whatever the endpoint", async () => {
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" };
    expect(await loadedPackages({ ...endpoint, OTEL_SDK_DISABLED: "true" })).to.deep.equal(
      OF_PROM_CLIENT,
    );
  });

  it("would be seen to load them, as a process with an endpoint is", async () => {
    const loaded = await loadedPackages({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" });
    expect(loaded).to.include.members(["api", "sdk-trace", "exporter-trace-otlp-http"]);
  });
});
