import { expect } from "chai";
import { checkLogCalls } from "../logRules.ts";
import { withParsedSources } from "../parsedProject.ts";

const inSource = "packages/api/src/createApp.ts";

function complaints(text: string, path = inSource): string[] {
  return withParsedSources({ [path]: text }, (files) =>
    files.flatMap(checkLogCalls).map(({ line, rule, advice }) => `${line} ${rule} ${advice}`),
  );
}

describe("checkLogCalls", () => {
  for (const call of [
    'log.warn({ event: "relay.bucket_lost", bucket }, "Lost a bucket");',
    'core.log.error({ event: "relay.given_up", ...fields }, "Gave a message up");',
    'log.info(fields, "The process listens");',
    'const event = "a.b"; log.debug({ event, reason }, "A request failed");',
    'log.info({ event: "a.b" }, TEXT);',
    'logger.debug(record, "lower case");',
    'catalog.info("not a log");',
  ]) {
    it(`accepts ${call}`, () => {
      expect(complaints(call)).to.deep.equal([]);
    });
  }

  for (const [call, complaint] of [
    ['log.warn({ bucket }, "Lost a bucket");', "name the event"],
    ['this.core.log.info({ ...fields }, "Text");', "name the event"],
    ['log.fatal("Lost");', "pass an object"],
    ["log.error();", "pass an object"],
    ['log.warn({ event: "Bucket lost" }, "Lost a bucket");', "lower case with a dot"],
    ['log.warn({ event: "bucket" }, "Lost a bucket");', "lower case with a dot"],
    ['log.warn({ event: "a.b" }, "lost a bucket");', "capital letter"],
    ['log.warn({ event: "a.b" }, "Lost a bucket.");', "no full stop"],
  ] as const) {
    it(`refuses ${call}`, () => {
      const found = complaints(`\n${call}`);
      expect(found).to.have.length(1);
      expect(found[0]).to.include("2 log-event").and.include(complaint);
    });
  }

  it("does not check tests, which write log lines of their own", () => {
    const call = 'log.warn({ loop: "promotion" }, "a line");';
    expect(complaints(call, "packages/core/test/unit/a.test.ts")).to.deep.equal([]);
  });
});
