import { expect } from "chai";
import { ConfigError, readConfig } from "../../../src/config/readConfig.ts";

const tracingOf = (env: NodeJS.ProcessEnv = {}) =>
  readConfig({ STACK: "embedded", ...env }).tracing;

describe("the settings of traces", () => {
  it("name no endpoint by default, and sample every request when there is one", () => {
    expect(tracingOf().endpoint).to.equal(undefined);
    expect(tracingOf()).to.include({ ratio: 1, sampler: "parentbased_traceidratio" });
  });

  for (const [text, ratio] of [
    ["0", 0],
    [".5", 0.5],
    ["0.01", 0.01],
    ["1.0", 1],
  ] as const) {
    it(`accept ${text} as a share of the requests`, () => {
      expect(tracingOf({ OTEL_TRACES_SAMPLER_ARG: text }).ratio).to.equal(ratio);
    });
  }

  for (const text of ["1.01", "-0.1", "1e-2", "50 %", "."]) {
    it(`refuse ${text} as a share of the requests`, () => {
      const read = () => tracingOf({ OTEL_TRACES_SAMPLER_ARG: text });
      expect(read).to.throw(ConfigError, "OTEL_TRACES_SAMPLER_ARG: ");
    });
  }

  for (const endpoint of ["collector:4317", "grpc://collector:4317", "http://", "http://x:99999"]) {
    it(`refuse the endpoint ${endpoint}, and name a right one`, () => {
      const read = () => tracingOf({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
      const problem = "OTEL_EXPORTER_OTLP_ENDPOINT: must be a URL such as http://collector:4318";
      expect(read).to.throw(ConfigError, problem);
    });
  }

  for (const headers of [
    "",
    "api-key=a/b+c==",
    "a=1, b=%2C%3B%25,",
    "authorization=Basic%20eA==",
  ]) {
    it(`accept the headers "${headers}"`, () => {
      expect(tracingOf({ OTEL_EXPORTER_OTLP_HEADERS: headers }).headers).to.equal(headers);
    });
  }

  for (const headers of ["key", "key: sesame", "=sesame", "key=", "key=%zz", "key=sesame;open"]) {
    it(`refuse the headers "${headers}", of which a part would be left out`, () => {
      const read = () => tracingOf({ OTEL_EXPORTER_OTLP_HEADERS: headers });
      expect(read).to.throw(ConfigError, /OTEL_EXPORTER_OTLP_HEADERS: (?!.*sesame)/);
    });
  }

  for (const headers of ["a key=1", "key=two%0Alines", "key=%E2%82%AC"]) {
    it(`refuse the headers "${headers}", which HTTP cannot send`, () => {
      const read = () => tracingOf({ OTEL_EXPORTER_OTLP_HEADERS: headers });
      expect(read).to.throw(ConfigError, "each pair must be a header of HTTP");
    });
  }

  it("refuse attributes of the process that are no pairs", () => {
    const resource = (text: string) => tracingOf({ OTEL_RESOURCE_ATTRIBUTES: text });
    expect(() => resource("production")).to.throw(ConfigError, "OTEL_RESOURCE_ATTRIBUTES: ");
    const pairs = "deployment.environment=on sale,host.name=";
    expect(resource(pairs).resourceAttributes).to.equal(pairs);
  });
});
