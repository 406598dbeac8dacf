import { expect } from "chai";
import sinon from "sinon";
import { hiddenSteps, plainSteps } from "../../src/terminal/stepDisplay.ts";

const STEPS = [{ name: "move", title: "Move the messages" }];

describe("plainSteps", () => {
  let clock: sinon.SinonFakeTimers;
  let lines: string[];
  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ["performance"] });
    lines = [];
  });
  afterEach(() => clock.restore());
  const open = () => plainSteps((line) => void lines.push(line))(STEPS);

  it("prints a line for the begin and the end of a step", () => {
    const display = open();
    display.begin("move");
    display.end("done", "5 of 5");
    display.begin("move");
    display.end("failed", "");
    const begin = "Move the messages ...";
    expect(lines).to.deep.equal([begin, "move: done (5 of 5)", begin, "move: FAILED"]);
  });

  it("prints the progress every three seconds only", () => {
    const display = open();
    display.begin("move");
    for (let second = 0; second < 7; second += 1) {
      display.progress(`after ${second} s`);
      clock.tick(1_000);
    }
    expect(lines.slice(1)).to.deep.equal(["move: after 3 s", "move: after 6 s"]);
  });

  it("makes control characters visible, and has no question", () => {
    const display = open();
    display.begin("move");
    display.end("stopped", "\u001b[2J\nline");
    display.note("\u001b[31m\nsecond line");
    expect(lines.slice(1)).to.deep.equal([
      "move: stopped (\\u001b[2J\\u000aline)",
      "\n\\u001b[31m\nsecond line\n",
    ]);
    expect([display.confirm, hiddenSteps(STEPS).confirm]).to.deep.equal([undefined, undefined]);
  });
});
