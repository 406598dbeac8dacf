import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { otelTracing } from "../../../src/adapters/otel/otelTracing.ts";
import { readConfig } from "../../../src/config/readConfig.ts";
import { systemClock } from "../../../src/shared/clock.ts";
import { recordingMetrics } from "../../support/recorders.ts";

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const described = { serviceName: "onsale-api", processName: "host:1" };

/** The body of the request that a process with these settings sends. */
async function sentWith(env: NodeJS.ProcessEnv): Promise<string> {
  const bodies: Promise<string>[] = [];
  const server = createServer((request, response) => {
    bodies.push(text(request).finally(() => response.end("{}")));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const { tracing: settings } = readConfig({ STACK: "embedded", ...env });
  const url = `http://127.0.0.1:${port}/v1/traces`;
  const ports = { clock: systemClock, log, metrics: recordingMetrics() };
  const tracing = otelTracing({ ...settings, url }, described, ports);
  tracing.start({ name: "one", kind: "internal" })?.end();
  await tracing.close();
  server.close();
  return (await Promise.all(bodies)).join();
}

const named = (key: string, value: string): string =>
  `{"key":"${key}","value":{"stringValue":"${value}"}}`;

describe("the process in its traces", () => {
  it("has the role as its name, and its host and process id", async () => {
    const sent = await sentWith({});
    expect(sent).to.include(named("service.name", "onsale-api"));
    expect(sent).to.include(named("service.instance.id", "host:1"));
  });

  it("has the name and the instance of OTEL_RESOURCE_ATTRIBUTES in their place", async () => {
    const given = "service.name=shop,service.instance.id=pod-7,deployment.environment=prod";
    const sent = await sentWith({ OTEL_RESOURCE_ATTRIBUTES: given });
    expect(sent).to.include(named("service.name", "shop"));
    expect(sent).to.include(named("service.instance.id", "pod-7"));
    expect(sent).to.include(named("deployment.environment", "prod"));
  });

  it("has the name of OTEL_SERVICE_NAME before all others", async () => {
    const both = { OTEL_SERVICE_NAME: "till", OTEL_RESOURCE_ATTRIBUTES: "service.name=shop" };
    expect(await sentWith(both)).to.include(named("service.name", "till"));
  });
});
