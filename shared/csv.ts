export type CsvValue = string | number | boolean | null | undefined;

/**
 * One line of CSV (RFC 4180) with its line end. A text that a spreadsheet would take for a formula gets an apostrophe
 * before it (OWASP, CSV injection): names of models and routes are chosen by others.
 */
export function csvLine(values: readonly CsvValue[]): string {
  return `${values.map(csvCell).join(",")}\r\n`;
}

function csvCell(value: CsvValue): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) && !/^-?\d+(\.\d+)?$/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
