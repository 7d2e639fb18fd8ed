/**
 * Works on items side by side, a few of each group at a time and each group in its order, so that a group that is
 * held up (a paused host) holds up nobody else. After an error nothing new is begun; it is thrown when what runs is
 * done.
 *
 * @param width items of one group in work at the same time.
 */
export async function inLanes<T>(
  items: readonly T[],
  { groupOf, width }: { readonly groupOf: (item: T) => string; readonly width: number },
  work: (item: T) => Promise<void>,
): Promise<void> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const name = groupOf(item)
    const group = groups.get(name)
    if (group) group.push(item)
    else groups.set(name, [item])
  }
  let failure: { error: unknown } | undefined
  const lane = async (queue: Iterator<T>) => {
    for (let next = queue.next(); !next.done && !failure; next = queue.next()) {
      try {
        await work(next.value)
      } catch (error) {
        failure ??= { error }
      }
    }
  }
  const lanes = [...groups.values()].flatMap((group) => {
    const queue = group.values()
    return Array.from({ length: Math.min(width, group.length) }, () => lane(queue))
  })
  await Promise.all(lanes)
  if (failure) throw failure.error
}
