/**
 * A type as a schema of optional members describes it, for `satisfies`: where the type says "absent", a schema's output
 * says "absent or undefined". JSON has no undefined, so at run time they are the same.
 */
export type Described<T> = T extends readonly (infer Item)[]
  ? Described<Item>[]
  : T extends object
    ? {
        [Key in keyof T]: Record<never, never> extends Pick<T, Key>
          ? Described<T[Key]> | undefined
          : Described<T[Key]>;
      }
    : T;
