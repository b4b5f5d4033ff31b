import { describe, expect, it } from "vitest";
import { decimalToNanoUsd, formatUsd, nanoUsdToDecimal, usdToNanoUsd } from "../../shared/money.ts";

describe("nano-dollars", () => {
  it.each([
    [0, "0"],
    [1, "0.000000001"],
    [210_000, "0.00021"],
    [4_900_000, "0.0049"],
    [1_000_000_000, "1"],
    [1_500_000_000, "1.5"],
    [9_007_199_254_740_991, "9007199.254740991"],
    [-1, "-0.000000001"],
  ])("%d is %s, both ways", (nanoUsd, decimal) => {
    expect(nanoUsdToDecimal(nanoUsd)).toBe(decimal);
    expect(decimalToNanoUsd(decimal)).toBe(nanoUsd);
  });

  it("cuts what is finer than a nano-dollar", () => {
    expect(decimalToNanoUsd("0.0000000019")).toBe(1);
  });

  it.each(["", "x", "1e3", "$1", "1.", ".5", " 1", "NaN", "12345678"])("%j is no amount", (text) => {
    expect(decimalToNanoUsd(text)).toBeNull();
  });

  it("rounds a floating amount to the nearest nano-dollar", () => {
    expect(usdToNanoUsd(0.1 + 0.2)).toBe(300_000_000);
  });
});

describe("an amount for reading", () => {
  it.each([
    ["0", "$0.00"],
    ["4.8249", "$4.82"],
    ["1234.5", "$1,234.50"],
    ["0.42", "$0.42"],
    ["0.0049", "$0.0049"],
    ["0.00021", "$0.00021"],
    ["0.000000001", "$0.000000001"],
    ["0.999", "$1.00"],
  ])("%s reads %s", (decimal, text) => {
    expect(formatUsd(decimal)).toBe(text);
  });

  it("follows the locale", () => {
    expect(formatUsd("1234.5", "de-DE")).toBe("1.234,50\u00a0$");
  });
});
