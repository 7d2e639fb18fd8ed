import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { CollectionParts } from '@promptloom/search/collection'
import { Ratings } from './ratings.ts'
import { pendingTombstones } from './tombstones.ts'

/** The parts of a collection that come from what users said. */
export type SearchEvents = {
  readonly [Part in 'ratedAtLeast' | 'ratings' | 'forgotten']: NonNullable<CollectionParts[Part]>
}

/**
 * What searches of a workspace need of what users said: ratings, and what was forgotten and may still be in the
 * tables. Files are read again when they have changed, so that a word counts for the very next question.
 */
export function searchEvents(workspace: string): SearchEvents {
  const file = (name: string) => join(workspace, 'events', name)
  const ratings = remembered([file('ratings.jsonl')], () => Ratings.read(workspace))
  const tombstones = remembered([file('tombstones.jsonl'), file('carried-out.json')], () =>
    pendingTombstones(workspace),
  )
  return {
    ratedAtLeast: async (rating) => (await ratings()).atLeast(rating),
    ratings: async () => (await ratings()).preferences(),
    forgotten: async () => {
      const pending = await tombstones()
      return pending.isEmpty ? undefined : pending
    },
  }
}

/** Reads a value again whenever one of the files that it comes from has changed. */
function remembered<T>(files: readonly string[], read: () => Promise<T>): () => Promise<T> {
  let known: { readonly state: string; readonly value: T } | undefined
  return async () => {
    // Taken before the reading: what changes meanwhile is read again the next time.
    const state = (await Promise.all(files.map(stateOf))).join(' ')
    if (known?.state !== state) known = { state, value: await read() }
    return known.value
  }
}

async function stateOf(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => undefined)
  return found ? `${found.ino} ${found.size} ${found.mtimeNs}` : 'none'
}
