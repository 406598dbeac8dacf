import { BENCH_ENDING, BenchCommand, RELAY_FLAGS } from "../../bench/benchCommand.ts";

/** `onsale bench relay` */
export default class BenchRelay extends BenchCommand {
  static override summary = "Measure the messages of the outbox from COMMIT to Kafka";
  static override description =
    "One process writes messages at a fixed rate, another one relays them with the default " +
    "settings. In every other round the outbox also has many published messages. After each " +
    "round the topic is read: a message that is lost or out of order counts as failed. " +
    BENCH_ENDING;
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --published 10000000 --rounds 3",
  ];
  static override flags = RELAY_FLAGS;

  async run(): Promise<unknown> {
    const { flags } = await this.parse(BenchRelay);
    const { published } = flags;
    return this.measure(["relay"], flags, { published, perSecond: flags["per-second"] });
  }
}
