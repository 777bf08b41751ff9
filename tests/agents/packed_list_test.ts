import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { PackedList } from "../../src/agents/packed_list.ts";

Deno.test("PackedList is as a list, whatever of it is compressed", () => {
  const act = fc.oneof(
    fc.record({ does: fc.constant("push" as const), value: fc.jsonValue() }),
    fc.record({ does: fc.constant("set" as const), index: fc.nat(5), value: fc.jsonValue() }),
    fc.record({ does: fc.constant("change" as const), index: fc.nat(5), value: fc.jsonValue() }),
    fc.record({ does: fc.constant("truncate" as const), index: fc.nat(8) }),
    fc.record({ does: fc.constant("remove" as const), index: fc.nat(5) }),
    fc.record({ does: fc.constant("pack" as const) }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
      const list = new PackedList();
      let model: unknown[] = [];
      for (const given of acts) {
        switch (given.does) {
          case "push":
            list.push(given.value);
            model.push(given.value);
            break;
          case "set":
            list.set(given.index, given.value);
            while (model.length < given.index) model.push(null);
            model[given.index] = given.value;
            break;
          case "change": {
            const item = list.edit(given.index);
            if (typeof item !== "object" || item === null || Array.isArray(item)) break;
            (item as Record<string, unknown>).changed = given.value;
            model[given.index] = { ...model[given.index] as object, changed: given.value };
            break;
          }
          case "truncate":
            list.truncate(given.index);
            model = model.slice(0, given.index);
            break;
          case "remove":
            list.remove(given.index);
            model.splice(given.index, 1);
            break;
          case "pack":
            list.startPacking();
        }
        assertEquals(list.length, model.length);
      }
      assertEquals(JSON.stringify([...list]), JSON.stringify(model));
    }),
    { numRuns: 300 },
  );
});
