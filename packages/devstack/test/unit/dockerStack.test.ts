import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { expect } from "chai";
import { containerPlan, MYSQL_IMAGES } from "../../src/containerPlans.ts";
import { DevstackError } from "../../src/devstackError.ts";
import { dockerAnswers } from "../../src/dockerStack.ts";
import { addressOf, engineAnswers } from "../../src/enginePing.ts";

describe("dockerAnswers", () => {
  it("does not look for an engine when DEVSTACK_SOURCE is private", async () => {
    const env = { DEVSTACK_SOURCE: "private", DOCKER_HOST: "tcp://127.0.0.1:1" };
    expect(await dockerAnswers(env)).to.equal(false);
  });

  it("refuses a source that it does not know", async () => {
    const failure = await dockerAnswers({ DEVSTACK_SOURCE: "podman" }).catch((error) => error);
    expect(failure).to.be.instanceOf(DevstackError);
    expect(String(failure)).to.include("it may be docker or private");
  });
});

describe("an engine", () => {
  type Answer = (response: ServerResponse, path: string | undefined) => void;

  async function atEngine<T>(answer: Answer, ask: (env: NodeJS.ProcessEnv) => Promise<T>) {
    const server = createServer(({ url }, response) => answer(response, url));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const result = await ask({ DOCKER_HOST: `tcp://127.0.0.1:${port}` }).catch((error) => error);
    server.closeAllConnections();
    server.close();
    return result;
  }
  const answered = (answer: Answer, source?: string) =>
    atEngine(answer, (env) => dockerAnswers({ ...env, DEVSTACK_SOURCE: source }));
  const inTime = (answer: Answer) =>
    atEngine(answer, (env) => engineAnswers(env, { pingMs: 1_000, infoMs: 50 }));

  it("counts as present when it answers a ping", async () => {
    expect(await answered((response) => response.end("OK"))).to.equal(true);
  });

  it("counts as absent when it fails or never answers", async () => {
    expect(await answered((response) => response.writeHead(500).end())).to.equal(false);
    expect(await answered(() => {})).to.equal(false);
  });

  it("counts as absent when it answers the ping and nothing else", async () => {
    const half: Answer = (response, path) => path === "/_ping" && response.end("OK");
    expect(await inTime(half)).to.equal(false);
  });

  it("counts as absent when its description never ends", async () => {
    const endless: Answer = (response, path) =>
      path === "/_ping" ? response.end("OK") : response.write("{");
    expect(await inTime(endless)).to.equal(false);
  });

  for (const host of [
    ...["docker", "127.0.0.1:2375", "/var/run/docker.sock", "file:///x"],
    ...["unix://", "tcp://", "tcp://:2375"],
  ]) {
    for (const source of [undefined, "docker"]) {
      it(`is not looked for when DOCKER_HOST is ${host} and the source ${source}`, async () => {
        const env = { DOCKER_HOST: host, DEVSTACK_SOURCE: source };
        const failure = await dockerAnswers(env).catch((error: unknown) => error);
        expect(failure).to.be.instanceOf(DevstackError);
        expect(String(failure)).to.include("DOCKER_HOST is no address of an engine; set one");
      });
    }
  }

  it("is missed with the next step when DEVSTACK_SOURCE asks for it", async () => {
    const failure = await answered((response) => response.writeHead(500).end(), "docker");
    expect(failure).to.be.instanceOf(DevstackError);
    expect(String(failure)).to.include("start Docker, set DOCKER_HOST");
  });

  it("is not asked by a ping when its address needs SSH or TLS", () => {
    expect(addressOf("ssh://me@host")).to.equal(undefined);
    expect(addressOf("tcp://host:2376")).to.equal(undefined);
    expect(addressOf("unix:///run/user/1000/docker.sock")).to.deep.equal({
      socketPath: "/run/user/1000/docker.sock",
    });
  });

  it("is asked at an address of IPv6 too", () => {
    expect(addressOf("tcp://[::1]:2375")).to.deep.equal({ host: "::1", port: 2375 });
  });
});

describe("containerPlan", () => {
  const planOf = (name: "mysql" | "redis" | "kafka", mysql?: "9" | "mariadb") =>
    containerPlan(name, { publishedPort: "23456", mysql });

  it("gives each MySQL its own image and its own volume", () => {
    const images = [undefined, "mariadb", "9"] as const;
    const plans = images.map((mysql) => planOf("mysql", mysql));
    expect(plans.map(({ image }) => image)).to.deep.equal([
      "mysql:8.4",
      "mariadb:10.11",
      "mysql:9.7",
    ]);
    expect(new Set(plans.map(({ volume }) => volume?.name)).size).to.equal(3);
    expect(Object.keys(MYSQL_IMAGES)).to.have.length(3);
  });

  it("names the published port to the clients of Kafka", () => {
    const listeners = planOf("kafka").environment.KAFKA_ADVERTISED_LISTENERS;
    expect(listeners).to.include("HOST://127.0.0.1:23456,");
  });

  it("keeps nothing of Redis", () => {
    expect(planOf("redis").volume).to.equal(undefined);
    expect(planOf("redis").command.join(" ")).to.include("--save  --appendonly no");
  });
});
