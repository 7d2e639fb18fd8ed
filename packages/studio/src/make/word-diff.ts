import { diffWordsWithSpace } from 'diff'

/** A piece of a text that was kept, added or removed. */
export interface DiffPiece {
  readonly kind: 'same' | 'added' | 'removed'
  readonly text: string
}

/** What changed between two texts, word by word; the pieces that are not removed are the new text, sign by sign. */
export function wordDiff(before: string, after: string): DiffPiece[] {
  return diffWordsWithSpace(before, after).map(({ value, added, removed }) => ({
    kind: added ? 'added' : removed ? 'removed' : 'same',
    text: value,
  }))
}
