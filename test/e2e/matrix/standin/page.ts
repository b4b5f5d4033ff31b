/** What is found on the web. */
export const page = { title: "Fish", url: "https://example.com/fish" };
