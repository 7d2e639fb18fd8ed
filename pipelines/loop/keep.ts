import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Configuration } from '../configuration.ts'
import { type InboxItem, putBatch } from '../feedback/inbox.ts'
import { generatedId, type RowMaker, refinedId } from '../feedback/inbox-row.ts'
import { recordOpinions } from '../ratings.ts'
import { type BringInOptions, type BroughtIn, bringIn } from './bring-in.ts'
import { withoutUndefined } from './without-undefined.ts'

/** An improved prompt, with where it comes from. */
export interface RefinedPrompt {
  readonly prompt: string
  /** The user's own prompt. */
  readonly asked: string
  readonly reason?: string
  readonly refiner?: RowMaker
  /** Ids of the neighbours that it draws on: its parents. */
  readonly parents: readonly string[]
  /** All neighbours that the refiner was shown. */
  readonly neighbours?: readonly { readonly id: string; readonly similarity: number }[]
}

/** Something to keep: a picture with its prompt, an improved prompt, or both. */
export interface Keepsake {
  /** The prompt that the picture was painted from; default the improved one. */
  readonly prompt?: string
  readonly refined?: RefinedPrompt
  readonly picture?: Uint8Array
  readonly painter?: RowMaker
  readonly parameters?: Readonly<Record<string, unknown>>
  /** Rows that inspired the picture, where no improved prompt stands between. */
  readonly parents?: readonly string[]
}

/** What became of keepsakes. */
export interface KeepResult extends BroughtIn {
  /** The picture's row of each keepsake, or the prompt's where it has no picture. */
  readonly rows: readonly { readonly id: string; readonly outcome: string }[]
}

/** The rows that a keepsake becomes, parents first. */
export function keepsakeItems({ refined, picture, painter, parameters, ...rest }: Keepsake): InboxItem[] {
  const items: InboxItem[] = []
  let parents = rest.parents ?? []
  if (refined) {
    const { prompt, asked, reason, refiner, neighbours } = refined
    const id = refinedId(prompt, refined.parents)
    const lineage = { asked, ...withoutUndefined({ reason, refiner, neighbours: neighbours && [...neighbours] }) }
    const site = refiner?.kind ?? ''
    items.push({
      row: { id, prompt, origin: 'refined', source_site: site, parents: [...refined.parents], lineage },
    })
    parents = [id]
  }
  const prompt = rest.prompt ?? refined?.prompt
  if (picture && prompt !== undefined) {
    const lineage = withoutUndefined({ asked: refined?.asked, painter, parameters: parameters && { ...parameters } })
    const site = painter?.kind ?? ''
    items.push({
      row: { id: generatedId(picture), prompt, origin: 'generated', source_site: site, parents: [...parents], lineage },
      picture,
    })
  }
  return items
}

/**
 * Keeps pictures and improved prompts: puts them into the inbox, all or none, and brings them into the collection.
 * The same thing twice is one row. That they were kept is noted as an opinion of them, beside the ratings.
 * @throws z.ZodError for a keepsake that makes no row
 */
export async function keep(
  configuration: Configuration,
  keepsakes: readonly Keepsake[],
  options: BringInOptions = {},
): Promise<KeepResult> {
  const items = keepsakes.map(keepsakeItems)
  // Pictures of one improved prompt share its row.
  const once = new Map(items.flat().map((item) => [item.row.id, item]))
  const batch = await putBatch(configuration.workspace, once.values())
  const brought = await bringIn(configuration, options)
  const outcomes = batch ? await outcomesOf(configuration.workspace, batch.name) : new Map<string, string>()
  const rows = items.flatMap((made) => {
    const id = made.at(-1)?.row.id
    return id === undefined ? [] : [{ id, outcome: outcomes.get(id) ?? 'waiting' }]
  })
  const taken = rows.filter(({ outcome }) => outcome === 'ok' || outcome === 'duplicate' || outcome === 'waiting')
  await recordOpinions(
    configuration.workspace,
    [...new Set(taken.map(({ id }) => id))].map((id) => ({ id, kind: 'kept' })),
  )
  if (brought.searchable && rows.length > 0 && taken.length === 0) {
    return { ...brought, note: 'Nothing came into the collection.', rows }
  }
  return { ...brought, rows }
}

/** What a command that keeps ends with: 3 where rows wait for the next run, 1 where one of them cannot be used. */
export function keptExitCode({ searchable, rows }: KeepResult): 0 | 1 | 3 {
  if (!searchable) return 3
  return rows.every(({ outcome }) => outcome === 'ok' || outcome === 'duplicate') ? 0 : 1
}

/**
 * How the rows of a batch ended, by id; those that the stage has not taken in yet are missing. A repeat of what was
 * refused ends as that was refused, and as `duplicate` only where there is a row.
 */
export async function outcomesOf(workspace: string, batch: string): Promise<ReadonlyMap<string, string>> {
  const outcomes = new Map<string, string>()
  // The newest batches are in the last shards.
  for await (const lines of lineageShards(workspace)) {
    for (const line of lines) {
      if (!line.includes(batch)) continue
      const { id, outcome } = JSON.parse(line)
      if (!outcomes.has(id)) outcomes.set(id, outcome)
    }
    if (outcomes.size > 0) break
  }
  const repeats = [...outcomes].filter(([, outcome]) => outcome === 'duplicate').map(([id]) => id)
  const first = await firstOutcomes(workspace, repeats)
  for (const [id, outcome] of first) if (outcome !== 'ok') outcomes.set(id, outcome)
  return outcomes
}

/** How the first of each id ended. */
async function firstOutcomes(workspace: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const wanted = new Set(ids)
  const found = new Map<string, string>()
  for await (const lines of lineageShards(workspace)) {
    if (wanted.size === 0) break
    for (const line of lines) {
      if (![...wanted].some((id) => line.includes(JSON.stringify(id)))) continue
      const { id, outcome } = JSON.parse(line)
      if (!wanted.has(id) || outcome === 'duplicate' || outcome === 'forgotten') continue
      found.set(id, outcome)
      wanted.delete(id)
    }
  }
  return found
}

/** Lines of the feedback stage's lineage files, a file at a time, the newest first. */
async function* lineageShards(workspace: string): AsyncGenerator<string[]> {
  const folder = join(workspace, 'feedback')
  const names = (await readdir(folder).catch(() => [])).filter((one) => /^\d+\.lineage\.jsonl$/.test(one))
  for (const name of names.sort().reverse()) yield (await readFile(join(folder, name), 'utf8')).split('\n')
}
