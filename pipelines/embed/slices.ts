/** Items that are worked on at a time: a few milliseconds. */
const SLICE = 500

/** Maps many items, and lets other work of this thread in after every few hundred. */
export async function mapInSlices<Item, Result>(
  items: readonly Item[],
  map: (item: Item) => Result,
): Promise<Result[]> {
  const results: Result[] = []
  for (let from = 0; from < items.length; from += SLICE) {
    for (const item of items.slice(from, from + SLICE)) results.push(map(item))
    await new Promise((resolve) => setImmediate(resolve))
  }
  return results
}
