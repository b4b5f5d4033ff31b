/** A sentence in which what stands between `backticks` is something to type. */
export function Words({ text }: { text: string }) {
  return (
    <>
      {text.split("`").map((part, index) =>
        // A sentence's parts never change places.
        index % 2 === 1 ? <code key={index}>{part}</code> : part,
      )}
    </>
  );
}
