import { UserError } from '@promptloom/runner/errors'
import { listBatches, readBatch } from '../feedback/inbox.ts'
import type { InboxRow } from '../feedback/inbox-row.ts'
import type { Mortal, Tombstone } from '../tombstones.ts'
import { type NamedRow, visitRows } from '../workspace-rows.ts'

/** What is to be forgotten, as the user says it: `value` is an id or an address where `source` is not set. */
export interface ForgetTarget {
  readonly value: string
  readonly source?: boolean
}

/** What forgetting would take away. */
export interface Doomed {
  readonly what: Tombstone['what']
  readonly value: string
  /** Rows that are named themselves. */
  readonly rows: readonly string[]
  /** Rows that were made from those, and from those in turn. */
  readonly derived: readonly string[]
  /** Shards of `download` that hold some of them. */
  readonly shards: ReadonlySet<string>
  /** Batches of the inbox that hold some of them. */
  readonly batches: ReadonlySet<string>
}

/**
 * Finds what a target names, and all that was made from it: in the committed tables and in the inbox.
 * @throws UserError for an empty target: every row without an address, or without a source, would be meant
 */
export async function findDoomed(workspace: string, target: ForgetTarget, signal?: AbortSignal): Promise<Doomed> {
  if (target.value.trim() === '') {
    throw new UserError('What to forget is empty; give the id of a row, an address, or the name of a source.')
  }
  const byMeaning = { id: new Set<string>(), url: new Set<string>(), source: new Set<string>() }
  const made: Pick<NamedRow, 'id' | 'parents'>[] = []
  const places: { id: string; shard?: string; batch?: string }[] = []
  const look = (row: Mortal, place: { shard?: string; batch?: string }) => {
    const meaning = meaningOf(row, target)
    if (meaning) byMeaning[meaning].add(row.id)
    if (row.parents.length > 0) made.push({ id: row.id, parents: row.parents })
    if (meaning || row.parents.length > 0) places.push({ id: row.id, ...place })
  }
  await visitRows(
    workspace,
    (row) => look(row, row.table.stage === 'download' ? { shard: row.table.shard } : {}),
    signal,
  )
  for await (const { row, batch } of inboxRows(workspace)) look(row, { batch })
  const what = target.source ? 'source' : byMeaning.id.size > 0 ? 'id' : byMeaning.url.size > 0 ? 'url' : guess(target)
  const rows = byMeaning[what]
  const derived = descendants(rows, made)
  const gone = places.filter(({ id }) => rows.has(id) || derived.has(id))
  return {
    what,
    value: target.value,
    rows: [...rows],
    derived: [...derived],
    shards: new Set(gone.flatMap(({ shard }) => shard ?? [])),
    batches: new Set(gone.flatMap(({ batch }) => batch ?? [])),
  }
}

function meaningOf(row: Mortal, { value, source = false }: ForgetTarget): Tombstone['what'] | undefined {
  if (source) return row.source_site === value ? 'source' : undefined
  if (row.id === value) return 'id'
  return row.url === value ? 'url' : undefined
}

/** What a value that no row has would be. */
function guess({ value }: ForgetTarget): Tombstone['what'] {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? 'url' : 'id'
}

/** Rows that come from the given ones by way of their parents, at any distance; the given ones are not among them. */
export function descendants(
  of: ReadonlySet<string>,
  made: readonly Pick<NamedRow, 'id' | 'parents'>[],
): ReadonlySet<string> {
  const children = new Map<string, string[]>()
  for (const { id, parents } of made) {
    for (const parent of parents) children.set(parent, [...(children.get(parent) ?? []), id])
  }
  const found = new Set<string>()
  const open = [...of]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const child of children.get(id) ?? []) {
      if (found.has(child) || of.has(child)) continue
      found.add(child)
      open.push(child)
    }
  }
  return found
}

/** Every row that waits in the inbox, or came from there, batch by batch. */
export async function* inboxRows(
  workspace: string,
): AsyncGenerator<{ readonly row: InboxRow; readonly batch: string }> {
  for (const { name } of await listBatches(workspace)) {
    for (const row of await readBatch(workspace, name)) if ('id' in row) yield { row, batch: name }
  }
}
