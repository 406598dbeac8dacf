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

  it("refuse an endpoint that is no URL of HTTP", () => {
    const read = () => tracingOf({ OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4317" });
    expect(read).to.throw(ConfigError, "OTEL_EXPORTER_OTLP_ENDPOINT: ");
  });
});
