import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { z } from "zod";

/**
 * The machine of a measurement. Each report takes the fields that it has: reports that were stored
 * before a field existed lack it.
 */
export const machineSchema = z.object({
  cores: z.int().nonnegative(),
  cpu: z.string(),
  memoryMb: z.int().nonnegative(),
  node: z.string(),
  /** The servers with their versions. */
  servers: z.array(z.string()),
  /** The load average of one minute before the measurement began. */
  loadBefore: z.number().nonnegative(),
  /** The load average of one minute at its end. */
  loadAfter: z.number().nonnegative(),
});
type Machine = z.infer<typeof machineSchema>;

/** The facts of this machine that do not change. */
export function thisMachine(): Pick<Machine, "cores" | "cpu" | "memoryMb" | "node"> {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    memoryMb: Math.round(totalmem() / 1024 / 1024),
    node: process.version,
  };
}

/** The load average of one minute, with two digits after the point. */
export function loadAverageNow(): number {
  const [load = 0] = loadavg();
  return Math.round(load * 100) / 100;
}
