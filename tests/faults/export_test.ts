import { FAULTS, tryFault } from "./export_faults.ts";

for (
  const name of [
    "ends it after it has stored the batch",
    "has a fault",
    "refuses a batch and does not say why",
  ]
) {
  Deno.test(`a remote that ${name} has all in the end, though the collector was killed`, async () => {
    await tryFault(FAULTS[name]!, 20, 2);
  });
}
