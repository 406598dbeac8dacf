import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { expect } from "chai";
import sinon from "sinon";
import { Webhook } from "standardwebhooks";
import { webhookSender } from "../../src/adapters/http/webhookSender.ts";
import { testCoreConfig } from "../support/coreConfig.ts";
import { failureOf, firstOf } from "../support/fixtures.ts";
import { recordingLog } from "../support/recorders.ts";
import { startWebhookServer, type WebhookServer } from "../support/webhookServer.ts";

const NOTIFICATION = {
  messageId: "m-1",
  body: { type: "reservation.held", text: "Reservation 7" },
};

function signedHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
  return Object.fromEntries(names.map((name) => [name, String(headers[name])]));
}

describe("the webhook sender", () => {
  let server: WebhookServer;
  beforeEach("starts the platform", async () => {
    server = await startWebhookServer();
  });
  afterEach("stops the platform", () => server.close());

  const sender = (env: Record<string, string> = {}, log = recordingLog()) =>
    webhookSender(testCoreConfig({ WEBHOOK_URL: server.url, ...env }).webhook, log);

  /** Sends a notification that the platform refuses with this body. */
  async function refusedWith(text: string, headers: Record<string, string> = {}): Promise<void> {
    const platform = createServer((_request, response) => {
      response.writeHead(429, headers).end(text);
    });
    platform.listen(0, "127.0.0.1");
    await once(platform, "listening");
    const address = platform.address();
    const port = typeof address === "object" ? address?.port : 0;
    try {
      await sender({ WEBHOOK_URL: `http://127.0.0.1:${port}` }).send(NOTIFICATION);
    } finally {
      platform.closeAllConnections();
      platform.close();
    }
  }

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

  it("names no part of the address that the platform repeats in its refusal", async () => {
    const path = "/hooks/v1/KEY-0123456789/p%40th?team=onsale-team&token=tiny&more=another-secret";
    const platform = createServer(({ method, url = "" }, response) => {
      const escaped = url.replaceAll("&", "&amp;");
      const texts = [`Cannot ${method} ${url}`, decodeURIComponent(url), escaped, "KEY-0123456789"];
      response.writeHead(404).end(texts.join(" | "));
    });
    platform.listen(0, "127.0.0.1");
    await once(platform, "listening");
    const address = platform.address();
    const port = typeof address === "object" ? address?.port : 0;
    try {
      const receiver = sender({ WEBHOOK_URL: `http://127.0.0.1:${port}${path}` });
      const failure = String(await failureOf(receiver.send(NOTIFICATION)));
      expect(failure).to.include("The webhook answered 404: Cannot POST ***");
      expect(failure).to.not.match(/KEY|p%40th|p@th|another-secret|tiny/);
    } finally {
      platform.close();
    }
  });

  it("does not wait for a platform that never answers", async () => {
    server.answerNext("silence");
    const failure = await failureOf(sender({ WEBHOOK_TIMEOUT_MS: "200" }).send(NOTIFICATION));
    expect(failure).to.have.property("name", "TimeoutError");
  });

  it("reads only the beginning of a refusal, and ends the rest", async () => {
    server.answerNext("endless");
    const failure = await failureOf(sender().send(NOTIFICATION));
    expect(String(failure))
      .to.have.length.below(300)
      .and.match(/answered 500: x+$/);
    // The buffers of both sockets hold a few megabytes.
    expect(await server.endlessBytes()).to.be.below(32 * 1024 * 1024);
  });

  it("keeps no secret of an answer", async () => {
    const failure = await failureOf(
      refusedWith("Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.c2ln"),
    );
    expect(String(failure)).to.not.include("eyJ");
  });

  it("says how long the platform asks to wait", async () => {
    const failure = await failureOf(refusedWith("slowly", { "retry-after": "120" }));
    expect(failure).to.include({ name: "DeliveryError", isOutage: true, retryAfterMs: 120_000 });
  });

  describe("with secrets", () => {
    const [older, newer] = [7, 8].map((byte) => Buffer.alloc(32, byte).toString("base64"));
    const both = { WEBHOOK_SECRETS: `whsec_${newer}, whsec_${older}` };

    it("signs each notification, so that a library for receivers accepts it", async () => {
      await sender(both).send(NOTIFICATION);
      const { headers, body } = firstOf(server.calls);
      for (const secret of [older, newer]) {
        const read = new Webhook(secret ?? "").verify(body, signedHeaders(headers));
        expect(read).to.deep.equal(NOTIFICATION.body);
      }
      expect(headers["webhook-id"]).to.equal("m-1");
      expect(() => new Webhook(older ?? "").verify(`${body} `, signedHeaders(headers))).to.throw();
      const stranger = Buffer.alloc(32, 9).toString("base64");
      expect(() => new Webhook(stranger).verify(body, signedHeaders(headers))).to.throw();
    });

    it("signs a repetition anew, with the same id and a time of its own", async () => {
      const clock = sinon.useFakeTimers({ now: Date.now(), toFake: ["Date"] });
      try {
        const one = sender(both);
        await one.send(NOTIFICATION);
        clock.tick(600_000);
        await one.send(NOTIFICATION);
      } finally {
        clock.restore();
      }
      const [first, second] = server.calls.map(({ headers }) => signedHeaders(headers));
      expect(second?.["webhook-id"]).to.equal(first?.["webhook-id"]);
      const passed = Number(second?.["webhook-timestamp"]) - Number(first?.["webhook-timestamp"]);
      expect(passed).to.equal(600);
      expect(second?.["webhook-signature"]).to.not.equal(first?.["webhook-signature"]);
    });

    it("sends the id and the time without a signature when there is no secret", async () => {
      await sender().send(NOTIFICATION);
      const { headers } = firstOf(server.calls);
      expect(headers["webhook-timestamp"]).to.match(/^\d+$/);
      expect(headers).to.not.have.property("webhook-signature");
    });
  });

  describe("to a platform that accepts nothing", () => {
    it("pauses after five failures in a row, and sends nothing meanwhile", async () => {
      const log = recordingLog();
      const one = sender({}, log);
      server.answerNext(500, 502, 503, 504, 429);
      for (let call = 1; call <= 5; call += 1) {
        expect(one.capacity(), `before call ${call}`).to.equal(Number.POSITIVE_INFINITY);
        await failureOf(one.send(NOTIFICATION));
      }
      expect(one.capacity()).to.equal(0);
      expect(await failureOf(one.send(NOTIFICATION))).to.include({ name: "ReceiverPausedError" });
      expect(server.calls).to.have.length(5);
      expect(log.lines.map(({ fields }) => fields.event)).to.deep.equal(["webhook.paused"]);
    });

    it("tests the platform with one notification after the pause, and continues", async () => {
      const log = recordingLog();
      const clock = sinon.useFakeTimers({ now: Date.now(), toFake: ["Date", "performance"] });
      try {
        const one = sender({}, log);
        server.answerNext(500, 500, 500, 500, 500, 500);
        for (let call = 1; call <= 5; call += 1) await failureOf(one.send(NOTIFICATION));
        clock.tick(10_100);
        expect(one.capacity(), "after the pause").to.equal(1);
        await failureOf(one.send(NOTIFICATION));
        expect(one.capacity(), "after a failed test").to.equal(0);
        clock.tick(10_100);
        await one.send(NOTIFICATION);
        expect(one.capacity(), "after a good test").to.equal(Number.POSITIVE_INFINITY);
      } finally {
        clock.restore();
      }
      const events = log.lines.map(({ fields }) => fields.event);
      expect(events).to.deep.equal(["webhook.paused", "webhook.resumed"]);
    });

    it("does not pause because the platform refuses single notifications", async () => {
      const one = sender();
      server.answerNext(400, 404, 410, 422, 400, 400);
      for (let call = 1; call <= 6; call += 1) await failureOf(one.send(NOTIFICATION));
      expect(one.capacity()).to.equal(Number.POSITIVE_INFINITY);
    });
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
