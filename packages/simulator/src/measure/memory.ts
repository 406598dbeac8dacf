import { readFile } from "node:fs/promises";

const KIB_PER_MIB = 1024;

/** Reads the resident memory of each process, MiB. Leaves out processes that are not in /proc. */
export async function memoryMb(pids: readonly number[]): Promise<number[]> {
  const texts = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/status`, "utf8").catch(() => "")),
  );
  return texts.flatMap((text) => {
    const [, kib] = /^VmRSS:\s+(\d+) kB/m.exec(text) ?? [];
    return kib === undefined ? [] : [Number(kib) / KIB_PER_MIB];
  });
}
