/** Runs the devstack without the CLI: `node packages/devstack/src/main.ts up|down|status`. */
import { messageOf } from "./devstackError.ts";
import { requestedMysqlFlavour } from "./mysqlFlavour.ts";
import { removeTestStacks, stackDown, stackStatus } from "./stackDown.ts";
import { stackUp } from "./stackUp.ts";

const usage = `Usage: main.ts up|down|status [--name NAME] [--mysql 9|mariadb] [--wipe] [--tests]
  up      starts what does not run yet and prints the URLs as shell variables;
          --mysql starts MySQL 9, or MariaDB where MySQL is the default
  down    stops what up started; --wipe removes data and logs as well;
          --tests stops and removes the stacks that an interrupted test left
  status  one line a server; exit code 1 when one of them does not answer
`;

async function main(args: readonly string[]): Promise<number> {
  const name = argumentAfter(args, "--name");
  const mysql = requestedMysqlFlavour({ env: { DEVSTACK_MYSQL: argumentAfter(args, "--mysql") } });
  const onProgress = (line: string): void => void process.stderr.write(`${line}\n`);
  const options = { onProgress, ...(name === undefined ? {} : { name }) };
  switch (args[0]) {
    case "up": {
      const { urls } = await stackUp({ ...options, ...(mysql === undefined ? {} : { mysql }) });
      const { mysqlUrl, redisUrl, kafkaBrokers } = urls;
      process.stdout.write(
        `MYSQL_URL='${mysqlUrl}'\nREDIS_URL='${redisUrl}'\n` +
          `KAFKA_BROKERS='${kafkaBrokers.join(",")}'\nKAFKA_IDEMPOTENT=${urls.kafkaIdempotent}\n`,
      );
      return 0;
    }
    case "down":
      if (args.includes("--tests")) {
        await removeTestStacks();
        return 0;
      }
      await stackDown({ ...options, wipe: args.includes("--wipe") });
      return 0;
    case "status": {
      const all = await stackStatus(options);
      for (const server of all) {
        const { ready, flavour, url, pid } = server;
        const state = ready ? "ready" : "DOWN";
        process.stdout.write(`${server.name} ${state} ${flavour} ${url} pid ${pid ?? "-"}\n`);
      }
      return all.every((server) => server.ready) ? 0 : 1;
    }
    default:
      process.stderr.write(usage);
      return 2;
  }
}

function argumentAfter(args: readonly string[], flag: string): string | undefined {
  const at = args.indexOf(flag);
  return at < 0 ? undefined : args[at + 1];
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  // A question to a frozen engine would keep the process alive.
  process.exit(1);
}
