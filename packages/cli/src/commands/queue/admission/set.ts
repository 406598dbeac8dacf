import { Args, Flags } from "@oclif/core";
import { OperationCommand } from "../../../operation/operationCommand.ts";
import { operationFlags } from "../../../operation/operationFlags.ts";

/** `onsale queue admission set` */
export default class QueueAdmissionSet extends OperationCommand {
  static override summary = "Change how many buyers a queue admits, how fast and for how long";
  static override examples = [
    "<%= config.bin %> <%= command.id %> main --per-minute 300",
    "<%= config.bin %> <%= command.id %> main --active-max 200 --execute",
  ];
  static override args = {
    queue: Args.string({ required: true, description: "The queue's id" }),
  };
  static override flags = {
    ...operationFlags,
    "active-max": Flags.integer({ min: 1, description: "Largest number of active buyers" }),
    "per-minute": Flags.integer({ min: 1, description: "Largest number in any minute" }),
    "active-seconds": Flags.integer({ min: 1, description: "Duration of an admission" }),
    "activation-seconds": Flags.integer({
      min: 1,
      description: "An admission ends when its buyer does not use it within this time",
    }),
  };

  protected override readonly fieldFlags = {
    settings: "--active-max, --per-minute, --active-seconds or --activation-seconds",
    "settings.activeCountMax": "--active-max",
    "settings.admissionRatePerMinute": "--per-minute",
    "settings.activeTtlMs": "--active-seconds",
    "settings.activationMs": "--activation-seconds",
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(QueueAdmissionSet);
    const given = {
      activeCountMax: flags["active-max"],
      admissionRatePerMinute: flags["per-minute"],
      activeTtlMs: milliseconds(flags["active-seconds"]),
      activationMs: milliseconds(flags["activation-seconds"]),
    };
    const settings = Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined),
    );
    return this.runOperation("queue.configure", { queueId: args.queue, settings }, flags);
  }
}

const milliseconds = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : seconds * 1000;
