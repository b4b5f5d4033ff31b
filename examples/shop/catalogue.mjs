/** What the shop sells. */
export const catalogue = [
  {
    id: "101",
    name: "Harbour coat",
    note: "Waxed cotton, storm collar, deep pockets. Made in small runs.",
  },
  {
    id: "102",
    name: "Field shirt",
    note: "Washed linen, mother-of-pearl buttons, cut a little long.",
  },
  { id: "103", name: "Canal boots", note: "Vegetable-tanned leather, sewn welt, can be resoled." },
  { id: "104", name: "Attic lamp", note: "Brushed brass, dims warm, takes any bulb." },
  { id: "105", name: "Market basket", note: "Willow, two handles, carries twelve kilos." },
  { id: "106", name: "Night blanket", note: "Merino, undyed, four seasons." },
];

export function productById(id) {
  return catalogue.find((product) => product.id === id);
}

/** What the assistant is told before every chat: the house's rules, the same each time, so worth keeping in a cache. */
export const houseRules = `You are the assistant of a small shop for things that last.
Answer in at most three sentences, warmly and plainly. Recommend only what is in the catalogue.
Returns are free for 60 days; repairs are free for ten years; shipping takes three working days.
Never promise a discount. If you don't know, say so and offer to ask a colleague.
${catalogue.map(({ name, note }) => `- ${name}: ${note}`).join("\n")}`;
