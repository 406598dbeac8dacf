import { expect } from "chai";
import { writeOutputFile } from "../../src/outputFile.ts";

describe("writeOutputFile", () => {
  it("reports a full device with its code and the next step", async () => {
    const failure: unknown = await writeOutputFile("/dev/full", "text").catch((error) => error);
    expect(failure).to.include({ code: "FILE_UNWRITABLE", exitCode: 1 });
    expect(failure).to.have.nested.property("cause.code", "ENOSPC");
  });
});
