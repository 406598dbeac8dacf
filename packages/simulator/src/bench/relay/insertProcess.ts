/** The process that writes the messages of `bench relay`. Its parent sends orders. */
import { openCore, readServersConfig } from "@onsale/core";
import { type InsertOrder, messageWriter } from "./messageWriter.ts";

const { core, close } = await openCore(readServersConfig(process.env), { role: "api" });
const write = messageWriter(core);
process.on("message", async (order: InsertOrder) => process.send?.(await write(order)));
process.once("disconnect", () => close().finally(() => process.exit()));
process.send?.("ready");
