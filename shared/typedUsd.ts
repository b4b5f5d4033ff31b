/**
 * An amount in US dollars as a person types it (`5`, `$5`, `0,50`, `.5 USD`), as a decimal with a point; `null` where it
 * is none. `1,000` is a thousand to one reader and one to another, so it is refused rather than guessed.
 */
export function typedUsd(text: string): string | null {
  const digits = /^\s*\$?\s*(\d+(?:[.,]\d+)?|[.,]\d+)\s*(?:\$|USD)?\s*$/i.exec(text)?.[1];
  if (digits === undefined || /^[1-9]\d{0,2},\d{3}$/.test(digits)) return null;
  return digits.replace(",", ".").replace(/^\./, "0.");
}
