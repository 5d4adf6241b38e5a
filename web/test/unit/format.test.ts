import { describe, expect, it } from "vitest";
import { amount, decimal, shortDigest, stated } from "../../src/ui/format";

describe("numbers", () => {
  it("keep every digit that is stated", () => {
    expect(decimal("2006880.00")).toBe("2,006,880.00");
    expect(decimal("0.000001")).toBe("0.000001");
    expect(decimal("9007199254740993")).toBe("9,007,199,254,740,993");
  });

  it("have a true minus sign", () => expect(decimal("-1480.5")).toBe("\u22121,480.5"));

  it("leave what is no number alone", () => expect(decimal("not before 2026-03-02")).toBe("not before 2026-03-02"));

  it("have all the decimals of their currency", () => {
    expect(amount("1290", "EUR")).toBe("1,290.00");
    expect(amount("1290.5", "CNY")).toBe("1,290.50");
    expect(amount("1290", "JPY")).toBe("1,290");
    expect(amount("1.5", "KWD")).toBe("1.500");
    expect(amount("1290.5", "HUF")).toBe("1,290.50");
    expect(amount("7", "IQD")).toBe("7.000");
    expect(amount("10.005", "EUR")).toBe("10.005");
    expect(amount("7", "no currency")).toBe("7.00");
  });
});

describe("values as papers state them", () => {
  it("are money where a currency follows, and words where they are words", () => {
    expect(stated("1000 EUR")).toBe("1,000.00 EUR");
    expect(stated("8400 kg")).toBe("8,400 kg");
    expect(stated("2026-03-02")).toBe("2026-03-02");
    expect(stated("DE89370400440532013000")).toBe("DE89370400440532013000");
  });
});

describe("digests", () => {
  it("are shortened in the middle", () => {
    expect(shortDigest(`sha-256:${"ab".repeat(32)}`)).toBe("abababab…abababab");
  });
});
