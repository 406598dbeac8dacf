import { expect } from "chai";
import { tracedPublisher } from "../../../src/adapters/shared/traced/tracedBroker.ts";
import type { PublishedMessage } from "../../../src/ports/publisher.ts";
import type { Span, SpanStart, Tracing } from "../../../src/ports/tracing.ts";

interface Recorded {
  readonly start: SpanStart;
  failedAs: string | undefined;
  ended: boolean;
}

/** Traces that keep their spans for assertions. */
function recordingTracing(): Tracing & { readonly spans: readonly Recorded[] } {
  const spans: Recorded[] = [];
  return {
    ...{ spans, followsCallers: true, active: () => undefined, close: async () => {} },
    start(start): Span {
      const recorded: Recorded = { start, failedAs: undefined, ended: false };
      spans.push(recorded);
      return {
        ...{ traceId: "", traceparent: `span ${spans.length}` },
        ...{ rename: () => {}, set: () => {}, link: () => {}, fail: () => {} },
        failAs(kind) {
          recorded.failedAs = kind;
        },
        end() {
          recorded.ended = true;
        },
      };
    },
    within: (_span, work) => work(),
    outside: (work) => work(),
  };
}

const message = (messageId: string): PublishedMessage => ({
  ...{ messageId, topic: "onsale.reservation", key: "reservation:1", value: "{}" },
  headers: { traceparent: `the outbox of ${messageId}` },
});

describe("the span of a publication", () => {
  it("is marked as failed when the broker refuses the message", async () => {
    const tracing = recordingTracing();
    const publish = async () => [
      { messageId: "b", error: "a text with values", reason: "refused" } as const,
    ];
    await tracedPublisher({ publish }, tracing).publish([message("a"), message("b")]);
    expect(tracing.spans.map(({ failedAs, ended }) => ({ failedAs, ended }))).to.deep.equal([
      { failedAs: undefined, ended: true },
      { failedAs: "refused", ended: true },
    ]);
    expect(tracing.spans.map(({ start }) => start.parent)).to.deep.equal([
      "the outbox of a",
      "the outbox of b",
    ]);
  });
});
