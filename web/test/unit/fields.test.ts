import { describe, expect, it } from "vitest";
import { type Draft, faultsOf, formOf, isAsked, pathOf, pruned, written } from "../../src/screens/fields/schema";

const party = { name: "Ningbo Lanqiao Castings" };
const line = { id: "1", name: "Pump housing", quantity: "2", unit: "H87", unit_price: "50.00", net: "100.00" };
const totals = { lines: "100.00", tax_exclusive: "100.00", tax_inclusive: "113.00", payable: "113.00" };
const invoice: Draft = {
  number: "0017",
  issue_date: "2026-11-01",
  currency: "CNY",
  seller: party,
  buyer: { name: "Cangning" },
  lines: [line],
  totals,
};

describe("the form of a kind of paper", () => {
  it("asks for what its schema requires, first of all", async () => {
    const { fields, schema } = await formOf("invoice");
    expect(schema).toBe("countersign-invoice-1");
    const asked = fields.map(isAsked);
    expect(asked.indexOf(false)).toBeGreaterThan(asked.lastIndexOf(true));
    expect(fields.filter((f) => f.required).map((f) => f.name)).toContain("totals");
  });

  it("takes a whole invoice", async () => {
    const { fields } = await formOf("invoice");
    expect(faultsOf(fields, invoice)).toEqual([]);
  });

  it("names everything that is wrong at once, in the order of the form", async () => {
    const { fields } = await formOf("invoice");
    const { number: _, ...rest } = invoice;
    const draft = pruned({
      ...rest,
      issue_date: "2026-02-30",
      totals: { ...totals, payable: "1,000.00" },
      accounts: [{ holder: "Lanqiao" }],
    }) as Draft;
    expect(faultsOf(fields, draft).map((f) => [f.path, f.why])).toEqual(
      expect.arrayContaining([
        ["number", "missing"],
        ["issue_date", "date"],
        ["totals.payable", "decimal"],
        ["accounts[0].iban", "one"],
      ]),
    );
  });

  it("names what is missing of a group that is missing", async () => {
    const { fields } = await formOf("invoice");
    const paths = faultsOf(fields, {}).map((f) => f.path);
    expect(paths).toContain("totals.payable");
    expect(paths).toContain("seller.name");
    expect(paths).toContain("lines");
  });

  it("writes lists and leaves out what is empty", async () => {
    const { fields } = await formOf("invoice");
    const draft = pruned({ ...invoice, invoice_refs: "A-1, A-2，A-1", order_ref: " " }) as Draft;
    const json = written(fields, draft);
    expect(json.invoice_refs).toEqual(["A-1", "A-2"]);
    expect(json).not.toHaveProperty("order_ref");
    expect(json.number).toBe("0017");
  });

  it("finds the place that the server speaks of", () => {
    expect(pathOf("/lines/0/net")).toBe("lines[0].net");
    expect(pathOf("/totals/payable")).toBe("totals.payable");
  });
});
