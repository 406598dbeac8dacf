/**
 * The process of the bare server: Koa, @koa/router and one read of Redis, without the product. It
 * is the yardstick of the endpoints that write nothing to MySQL. `startBareServer` starts it.
 */
import { readFileSync } from "node:fs";
import Router from "@koa/router";
import { Redis } from "ioredis";
import Koa from "koa";
import { z } from "zod";

const env = z
  .object({
    PORT: z.coerce.number(),
    REDIS_URL: z.string(),
    /** The Redis key that a request reads. Its value is the body. */
    BARE_KEY: z.string(),
    /** The file with the body of every answer. */
    BARE_BODY_FILE: z.string(),
  })
  .parse(process.env);

/** As many routes as the product's API has, because the router compares each with the path. */
const OTHER_ROUTES = 26;
/** The key disappears although a killed process does not delete it, s. */
const KEY_TTL_SECONDS = 3600;

const body = readFileSync(env.BARE_BODY_FILE);
const redis = new Redis(env.REDIS_URL);
await redis.set(env.BARE_KEY, body, "EX", KEY_TTL_SECONDS);

const router = new Router();
for (let index = 0; index < OTHER_ROUTES; index += 1) {
  router.get(`/api/v1/queue/other${index}/:id`, (ctx) => {
    ctx.status = 204;
  });
}
router.get("/api/v1/queue/redis/:id", async (ctx) => {
  ctx.type = "application/json";
  ctx.body = (await redis.get(env.BARE_KEY)) ?? "";
});
router.get("/api/v1/queue/bytes/:id", (ctx) => {
  ctx.type = "application/json";
  ctx.body = body;
});

const app = new Koa();
app.use(router.routes());
const server = app.listen(env.PORT, "127.0.0.1");
process.once("SIGTERM", () => {
  server.close();
  server.closeAllConnections();
  redis.disconnect();
});
