import { expect } from "chai";
import { webhookSender } from "../../src/adapters/http/webhookSender.ts";
import { testCoreConfig } from "../support/coreConfig.ts";
import { failureOf, firstOf } from "../support/fixtures.ts";
import { recordingLog } from "../support/recorders.ts";
import { startWebhookServer, type WebhookServer } from "../support/webhookServer.ts";

const NOTIFICATION = {
  messageId: "m-1",
  body: { type: "reservation.held", text: "Reservation 7" },
};

describe("the webhook sender", () => {
  let server: WebhookServer;
  beforeEach("starts the platform", async () => {
    server = await startWebhookServer();
  });
  afterEach("stops the platform", () => server.close());

  const sender = (env: Record<string, string> = {}, log = recordingLog()) =>
    webhookSender(testCoreConfig({ WEBHOOK_URL: server.url, ...env }).webhook, log);

  it("posts the notification as JSON, with the message id as idempotency key", async () => {
    await sender().send(NOTIFICATION);
    const { headers, body } = firstOf(server.calls);
    expect(headers).to.include({ "content-type": "application/json", "onsale-message-id": "m-1" });
    expect(JSON.parse(body)).to.deep.equal(NOTIFICATION.body);
  });

  it("posts only the sentence with the format slack", async () => {
    await sender({ WEBHOOK_FORMAT: "slack" }).send(NOTIFICATION);
    expect(JSON.parse(firstOf(server.calls).body)).to.deep.equal({ text: "Reservation 7" });
  });

  for (const status of [302, 400, 404, 500, 503]) {
    it(`does not count an answer with status ${status} as delivered`, async () => {
      server.answerNext(status);
      expect(await failureOf(sender().send(NOTIFICATION))).to.be.instanceOf(Error);
    });
  }

  it("rejects with the answer of the platform", async () => {
    server.answerNext(503);
    const failure = await failureOf(sender().send(NOTIFICATION));
    expect(String(failure)).to.include("The webhook answered 503: no thanks");
  });

  it("does not wait for a platform that never answers", async () => {
    server.answerNext("silence");
    const failure = await failureOf(sender({ WEBHOOK_TIMEOUT_MS: "200" }).send(NOTIFICATION));
    expect(failure).to.have.property("name", "TimeoutError");
  });

  it("probes the platform without a notification; a status below 500 is an answer", async () => {
    for (const status of [200, 302, 404]) {
      server.answerNext(status);
      await sender().probe();
    }
    server.answerNext(503);
    expect(String(await failureOf(sender().probe()))).to.include("answered 503");
    expect(server.calls.map(({ body }) => body)).to.deep.equal(["", "", "", ""]);
  });

  it("writes the notification to the log when no URL is configured", async () => {
    const log = recordingLog();
    await sender({ WEBHOOK_URL: "" }, log).send(NOTIFICATION);
    expect(log.lines.map(({ level, fields }) => [level, fields])).to.deep.equal([
      ["info", { event: "notification.not_posted", ...NOTIFICATION }],
    ]);
    expect(server.calls).to.deep.equal([]);
  });
});
