import { readFile } from 'node:fs/promises'
import { UserError } from '@promptloom/runner/errors'
import type { StageContext } from '@promptloom/runner/stage'
import { isStoreAbsent, openStageStore } from '../stage-store.ts'
import type { BenchmarkOptions } from './options.ts'
import { StoreTarget } from './store-target.ts'
import type { EngineFacts } from './target.ts'
import { type Track, tracks } from './track.ts'

/** What can be measured right now. */
export interface Survey {
  readonly engine: EngineFacts
  readonly tables: Readonly<Record<'text' | 'image', TableSurvey | undefined>>
  /** Real questions, one a line of the question file. */
  readonly questions: readonly string[]
}

/** One table that has rows. */
export interface TableSurvey {
  readonly rows: number
  readonly dimension: number
  /** Digest of its ids and vectors. */
  readonly digest: string
  /** State and definition of its index. */
  readonly index: string
}

/** The store under test, opened once a stage. */
export async function openTarget(context: StageContext<BenchmarkOptions>): Promise<StoreTarget> {
  return new StoreTarget(await openStageStore(context))
}

/**
 * Looks at the database itself, not at what other stages say of it; once a stage. Undefined where there is none yet:
 * planning must not create it.
 */
export async function survey(context: StageContext<BenchmarkOptions>): Promise<Survey | undefined> {
  if (isStoreAbsent(context)) return undefined
  const resource = await context.open('survey', async () => ({
    found: await look(context),
    [Symbol.asyncDispose]: async () => undefined,
  }))
  return resource.found
}

/** The kinds of questions that options, tables and the question file allow. */
export function possibleTracks(options: BenchmarkOptions, { tables, questions }: Survey): Track[] {
  return tracks.filter(({ name, from, to }) => {
    if (options.tracks && !options.tracks.includes(name)) return false
    const asked = from === 'questions' ? questions.length > 0 : tables[from] !== undefined
    return asked && tables[to] !== undefined
  })
}

async function look(context: StageContext<BenchmarkOptions>): Promise<Survey> {
  const target = await openTarget(context)
  const tables: Record<'text' | 'image', TableSurvey | undefined> = { text: undefined, image: undefined }
  for (const kind of ['text', 'image'] as const) {
    const table = await target.table(kind)
    if (!table) continue
    const { state, definition } = await table.index()
    const [rows, dimension, digest] = [await table.rows(), await table.dimension(), await table.digest()]
    tables[kind] = { rows, dimension, digest, index: `${state} ${definition}`.trim() }
  }
  return { engine: await target.engine(), tables, questions: await questionsOf(context.options.questions) }
}

async function questionsOf(path: string | undefined): Promise<string[]> {
  if (path === undefined) return []
  const text = await readFile(path, 'utf8').catch((error) => {
    throw new UserError(`The question file ${path} can't be read (${error.message}); check benchmark.questions.`)
  })
  const lines = text.split('\n').map((line) => line.trim())
  return [...new Set(lines.filter((line) => line !== '' && !line.startsWith('#')))]
}
