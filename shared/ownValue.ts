/**
 * What a table has under a key that comes from outside. Plain indexing would also give what every object inherits, for a
 * model or a tier may call itself `constructor`.
 */
export function ownValue<Value>(
  table: Readonly<Record<string, Value>> | undefined,
  key: string,
): Value | undefined {
  return table !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}
