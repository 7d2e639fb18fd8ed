import type { Configuration } from '../configuration.ts'
import { listBatches, readBatch } from '../feedback/inbox.ts'
import type { InboxRow, RowMaker } from '../feedback/inbox-row.ts'
import { makerOf } from '../feedback/maker.ts'
import { openSearchSession } from '../search-session.ts'
import type { BringInOptions } from './bring-in.ts'
import { keep } from './keep.ts'
import { openPainter } from './painter.ts'
import { openRefiner } from './refiner.ts'
import { retrieve } from './retrieve.ts'

/** One turn of the loop: a prompt was improved, painted and kept. */
export interface FeedbackTurn {
  readonly asked: string
  /** The improved prompt, and why it is so. */
  readonly prompt: string
  readonly reason: string
  readonly refiner: RowMaker
  readonly painter: RowMaker
  /** Ids of the kept rows: the improved prompt, and the picture painted from it. */
  readonly refined: string
  readonly picture: string
  /** Whether the rows are in the database, and in words where they are not. */
  readonly searchable: boolean
  readonly note: string
}

const SEED = 7

/**
 * Looks up what the collection has that is like a prompt, improves the prompt from there, paints it and keeps the
 * result; once: where an earlier run has done so, that is told again and nothing is made. The pipeline has run up to
 * load before.
 */
export async function takeFeedbackTurn(
  configuration: Configuration,
  asked: string,
  options: BringInOptions = {},
): Promise<FeedbackTurn> {
  const { signal = new AbortController().signal } = options
  const earlier = await keptBefore(configuration.workspace, asked)
  const brought = earlier
    ? { searchable: true, note: 'Kept by an earlier run.' }
    : await makeAndKeep(configuration, asked, { ...options, signal })
  const rows = earlier ?? (await keptBefore(configuration.workspace, asked))
  if (!rows) throw new Error('What was kept is not in the inbox.')
  const { refined, picture } = rows
  const { reason = '', refiner } = refined.lineage
  const { painter } = picture.lineage
  if (!refiner || !painter) throw new Error(`The lineage of ${picture.id} does not say who made it.`)
  const { searchable, note } = brought
  return {
    asked,
    prompt: refined.prompt,
    reason,
    refiner,
    painter,
    refined: refined.id,
    picture: picture.id,
    searchable,
    note,
  }
}

async function makeAndKeep(
  configuration: Configuration,
  asked: string,
  options: BringInOptions & { readonly signal: AbortSignal },
) {
  const { signal } = options
  const refiner = await openRefiner(configuration.refine)
  const neighbours = await neighboursOf(configuration, asked, signal)
  const { variants } = await refiner.refine({ prompt: asked, neighbours, variants: 1 }, { signal })
  const {
    prompt,
    reason,
    neighbours: parents,
  } = variants[0] ?? { prompt: asked, reason: 'Nothing to improve.', neighbours: [] }
  await using painter = await openPainter(configuration)
  const [painted] = await painter.generate({ prompt, seed: SEED }, { signal })
  if (!painted) throw new Error(`${painter.describe().label} painted nothing.`)
  const shown = neighbours.map(({ id, similarity }) => ({ id, similarity }))
  const refined = { prompt, asked, reason, refiner: makerOf(refiner), parents, neighbours: shown }
  const parameters = { ...painted.parameters }
  return keep(configuration, [{ refined, picture: painted.bytes, painter: makerOf(painter), parameters }], options)
}

/** The embedded store is closed again before anything is kept. */
async function neighboursOf(configuration: Configuration, prompt: string, signal: AbortSignal) {
  await using session = await openSearchSession(configuration)
  return await retrieve(session.searcher, { prompt, count: configuration.refine.neighbours }, signal)
}

/** The rows that an earlier turn for the same prompt has kept. */
async function keptBefore(workspace: string, asked: string) {
  const rows = new Map<string, InboxRow>()
  for (const { name } of await listBatches(workspace)) {
    for (const line of await readBatch(workspace, name)) {
      if ('id' in line && line.lineage.asked === asked) rows.set(line.id, line)
    }
  }
  const picture = [...rows.values()].find(({ origin }) => origin === 'generated')
  const refined = rows.get(picture?.parents[0] ?? '')
  return picture && refined ? { picture, refined } : undefined
}
