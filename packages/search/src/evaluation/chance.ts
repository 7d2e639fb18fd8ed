/**
 * The chance that at least one of the first `k` rows in a random order is right, where `right` of all `rows` are: what
 * a share of questions answered has to be held against.
 */
export function chance(right: number, { k, rows }: { readonly k: number; readonly rows: number }): number {
  let noneYet = 1
  for (let drawn = 0; drawn < Math.min(k, rows); drawn++) {
    noneYet *= Math.max(0, rows - right - drawn) / (rows - drawn)
  }
  return 1 - noneYet
}
