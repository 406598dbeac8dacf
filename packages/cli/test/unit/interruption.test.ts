import { expect } from "chai";
import sinon from "sinon";
import { Interruption } from "../../src/interruption.ts";

describe("Interruption", () => {
  const onFirst = sinon.fake();
  let exit: sinon.SinonStub;
  let clock: sinon.SinonFakeTimers;
  let interruption: Interruption;

  beforeEach(() => {
    onFirst.resetHistory();
    clock = sinon.useFakeTimers({ toFake: ["performance"] });
    exit = sinon.stub(process, "exit");
    interruption = new Interruption(onFirst).listen();
  });
  afterEach(() => {
    interruption.stopListening();
    exit.restore();
    clock.restore();
  });

  it("aborts once at the first signal, and prints a message", () => {
    expect(interruption.signal.aborted).to.equal(false);
    process.emit("SIGINT");
    expect(interruption.signal.aborted).to.equal(true);
    expect(onFirst.callCount).to.equal(1);
    expect(exit.called).to.equal(false);
  });

  it("treats two signals of one keypress as one signal", () => {
    process.emit("SIGINT");
    clock.tick(100);
    process.emit("SIGINT");
    expect(exit.called).to.equal(false);
  });

  it("ends the process with exit code 130 at a second Ctrl-C", () => {
    process.emit("SIGINT");
    clock.tick(1000);
    process.emit("SIGINT");
    expect(exit.calledOnceWithExactly(130)).to.equal(true);
  });

  it("lets the command write something before the process ends immediately", () => {
    interruption.stopListening();
    const onSecond = sinon.fake(() => expect(exit.called).to.equal(false));
    interruption = new Interruption(onFirst, onSecond).listen();
    process.emit("SIGINT");
    expect(onSecond.called).to.equal(false);
    clock.tick(1000);
    process.emit("SIGINT");
    expect(onSecond.callCount).to.equal(1);
  });

  it("treats SIGTERM like Ctrl-C, and says which of them came first", () => {
    expect(interruption.cause).to.equal(undefined);
    process.emit("SIGTERM");
    expect(interruption.signal.aborted).to.equal(true);
    process.emit("SIGINT");
    expect(interruption.cause).to.equal("SIGTERM");
  });
});
