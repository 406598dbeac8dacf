import { expect } from "chai";
import { commitFaults, withoutComments } from "../commitRules.ts";

const faultsOf = (message: string, parentCount = 1): readonly string[] =>
  commitFaults({ id: "abc", message, parentCount });

describe("commitFaults", () => {
  for (const message of [
    "queue: keep the older place when a join repeats after a Redis loss",
    "api, cli: say admission for a buyer let into the active set\n\nWhy.",
    "memory adapter: call a process's connection a server link",
    "layout: move the cases to packages/conformance",
    'Revert "queue: keep the older place"\n\nThis reverts commit abc.',
  ]) {
    it(`accepts "${message.split("\n")[0]}"`, () => {
      expect(faultsOf(message)).to.deep.equal([]);
    });
  }

  it("rejects a subject of more than 72 characters", () => {
    const subject = `queue: ${"x".repeat(65)}`;
    expect(faultsOf(subject)).to.deep.equal([]);
    expect(faultsOf(`${subject}x`).join()).to.include("73 characters; 72 is the most");
  });

  for (const subject of ["Fix things", "queue:no space", ": effect", "Queue: keep the place", ""]) {
    it(`rejects "${subject}", which has no area or no effect`, () => {
      expect(faultsOf(subject).join()).to.include("area: effect");
    });
  }

  for (const verb of ["added", "fixes", "Fixed", "adding", "moves"]) {
    it(`rejects the effect "${verb} a test", which is not imperative`, () => {
      expect(faultsOf(`queue: ${verb} a test`).join()).to.include(`says "${verb}"`);
    });
  }

  it("rejects a full stop at the end of the subject", () => {
    expect(faultsOf("queue: keep the place.").join()).to.include("full stop");
  });

  it("rejects a body that follows the subject without an empty line", () => {
    expect(faultsOf("queue: keep the place\nBecause.").join()).to.include("empty line");
  });

  for (const path of ["/home/ann/onsale/a.ts", "/tmp/x", "C:\\onsale\\a.ts", "/Users/ann/a"]) {
    it(`rejects ${path}, a path of one machine`, () => {
      expect(faultsOf(`queue: keep\n\nSeen in "${path}".`).join()).to.include(
        "path of one machine",
      );
    });
  }

  it("accepts paths of the repository and of the API", () => {
    expect(faultsOf("docs: say /queue/tmp\n\npackages/tmp/x, GET /work")).to.deep.equal([]);
  });

  it("rejects a merge commit", () => {
    expect(faultsOf("queue: keep the place", 2).join()).to.include("merge commit");
  });
});

describe("withoutComments", () => {
  it("drops comment lines and everything after the scissors line", () => {
    const scissors = `# ${"-".repeat(24)} >8 ${"-".repeat(24)}`;
    const text = `queue: keep\n# help\n\nWhy.\n${scissors}\ndiff`;
    expect(withoutComments(text)).to.equal("queue: keep\n\nWhy.");
  });
});
