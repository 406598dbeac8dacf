import { expect } from "chai";
import { rushSummary } from "../../../src/terminal/rushSummary.ts";
import { brokenResult, sampleResult } from "../../support/sampleResult.ts";

const textOf = (lines: readonly string[]): string => lines.join("\n");

describe("rushSummary", () => {
  it("shows figures first and the verdict last", () => {
    const lines = rushSummary(sampleResult());
    expect(lines[0]).to.include("3 of 3 sold, sold out after 3.9 s");
    expect(lines.at(-1)).to.equal("Every invariant held.");
    expect(textOf(lines)).to.include("✓ I1  rule I1 (120 rows)");
  });

  it("shows accepted, refused and failed requests separately", () => {
    const { requests, phases } = sampleResult();
    const reserve = { ...phases.reserve, refusedByCode: { SEAT_ALREADY_HELD: 6 } };
    const text = textOf(
      rushSummary(
        sampleResult({
          phases: { ...phases, reserve },
          requests: { ...requests, failed: 1, serverErrors: 1, failedByKind: { "HTTP 503": 1 } },
        }),
      ),
    );
    expect(text).to.include("Accepted  40 requests, 10/s");
    expect(text).to.include("Refused   6 requests, 1/s: 6 SEAT_ALREADY_HELD");
    expect(text).to.include("Failed    1 requests (2.1 %): 1 HTTP 503");
    expect(text).to.match(/5xx +1$/m);
  });

  it("shows a broken rule with its violations", () => {
    const text = textOf(rushSummary(brokenResult("two live reservations")));
    expect(text).to.include("✗ I1  rule I1 (120 rows, 1 broken)");
    expect(text).to.include('two live reservations {"seatId":17}');
    expect(text).to.match(/1 invariant was broken\.$/);
  });

  it("says that nothing was tested when the API accepted no request", () => {
    const { verdict } = sampleResult();
    const untested = { ...verdict, holds: false, tested: false };
    const text = textOf(rushSummary(sampleResult({ verdict: untested })));
    expect(text).to.match(/Nothing was tested: the API accepted no request\.$/);
  });

  it("says when the rows are those of the whole installation", () => {
    const { verdict } = sampleResult();
    const shared = { ...verdict, scope: "installation" as const };
    expect(textOf(rushSummary(sampleResult({ verdict: shared })))).to.include(
      "rows are of the whole installation",
    );
    expect(textOf(rushSummary(sampleResult()))).not.to.include("installation");
  });

  it("shows different answers to one key", () => {
    const { verdict } = sampleResult();
    const mismatches = [{ phase: "pay" as const, userId: 4, first: "1", second: "2" }];
    const text = textOf(
      rushSummary(sampleResult({ verdict: { ...verdict, holds: false, mismatches } })),
    );
    expect(text).to.include("✗ key same Idempotency-Key, same answer (4 repeated, 1 differ)");
    expect(text).to.match(/Repeated requests were answered differently\.$/);
  });

  it("shows internal errors although no invariant is violated", () => {
    const { verdict } = sampleResult();
    const text = textOf(
      rushSummary(sampleResult({ verdict: { ...verdict, holds: false, internalErrors: 2 } })),
    );
    expect(text).to.include("✗ 500 no request ends in an internal error (2 did)");
    expect(text).to.match(/2 requests ended in an internal error\.$/);
  });

  it("shows the reason why seats are unsold", () => {
    const { sale } = sampleResult();
    const left = { ...sale, sold: 1, soldOutMs: null, unsoldReason: "2 still held" };
    expect(textOf(rushSummary(sampleResult({ sale: left })))).to.include(
      "1 of 3 sold, not sold out: 2 still held",
    );
  });
});
