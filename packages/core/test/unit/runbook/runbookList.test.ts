import { expect } from "chai";
import { FINDING_KINDS } from "../../../src/diagnosis/findingList.ts";
import { CHANGE_OPERATIONS } from "../../../src/operations/changeOperations.ts";
import { findRunbook, RUNBOOKS } from "../../../src/runbook/runbookList.ts";
import { codeOf, failureOf } from "../../support/fixtures.ts";

describe("the runbooks", () => {
  it("have names of their own, with steps that have names of their own", () => {
    const names = RUNBOOKS.map(({ name }) => name);
    expect(names).to.deep.equal([...new Set(names)]);
    for (const { name, steps } of RUNBOOKS) {
      const stepNames = steps.map((step) => step.name);
      expect(stepNames, name).to.deep.equal([...new Set(stepNames)]).and.not.empty;
      for (const step of stepNames) expect(step, name).to.match(/^[a-z]+(-[a-z]+)*$/);
    }
  });

  it("are named by the findings that call for them", () => {
    for (const { name, detection } of RUNBOOKS) {
      for (const code of detection) {
        expect(FINDING_KINDS[code], code).to.have.property("runbook", name);
        expect(FINDING_KINDS[code].next, code).to.include(name);
      }
    }
  });

  it("exist for every finding that names one", () => {
    const named = Object.values(FINDING_KINDS).flatMap((kind) =>
      "runbook" in kind ? [kind.runbook] : [],
    );
    expect(named).to.not.deep.equal([]);
    for (const name of named) expect(findRunbook(name).name).to.equal(name);
  });

  it("run only operations that a rollback can find by name", () => {
    const used = RUNBOOKS.flatMap(({ steps }) =>
      steps.flatMap((step) => (step.kind === "operation" ? [step.operation] : [])),
    );
    expect(CHANGE_OPERATIONS).to.include.members(used);
  });

  it("have texts of whole sentences", () => {
    for (const { name, symptom, rollback, escalation, diagnosis } of RUNBOOKS) {
      const texts = [symptom, rollback, escalation, ...diagnosis.map(({ meaning }) => meaning)];
      for (const text of texts) expect(text, name).to.match(/^[A-Z`].*\.$/s);
    }
  });

  it("are refused by an unknown name", async () => {
    const failure = await failureOf(Promise.resolve().then(() => findRunbook("nothing")));
    expect(codeOf(failure)).to.equal("RUNBOOK_NOT_FOUND");
  });
});
