import { keepRequestSchema, paintRequestSchema } from '@promptloom/studio/api/job-request'
import type { JobBoard, JobWork } from './job-board.ts'
import { variantOf } from './job-routes.ts'
import type { KeepItem, Loop } from './loop.ts'

/** What keeping pictures needs. */
export interface KeepingParts {
  readonly board: () => JobBoard
  readonly keep: Loop['keep']
  /** Opens the collection anew, so that the rows are found by the next search. */
  readonly refresh: () => Promise<void>
}

/** Makes rows of painted pictures. Rows are named by what they hold, so that trying again stores nothing twice. */
export function keepWork({ board, keep, refresh }: KeepingParts): JobWork {
  return async ({ job, signal, emit }) => {
    const { job: from, pictures } = keepRequestSchema.parse(job.request)
    const items: KeepItem[] = []
    for (const position of pictures) items.push(await itemOf(board(), from, position))
    const tell = (state: string) => emit({ type: 'progress', fraction: null, state })
    tell('storing the pictures')
    const { rows, searchable, note } = await keep(items, { signal, tell })
    const told = new Set(job.kept.map(({ position }) => position))
    rows.forEach(({ id, outcome }, at) => {
      const position = pictures[at] as number
      if (!told.has(position)) emit({ type: 'kept', kept: { position, id, outcome } })
    })
    if (searchable) await refresh()
    tell(note)
    return { searchable }
  }
}

async function itemOf(board: JobBoard, id: string, position: number): Promise<KeepItem> {
  const job = board.get(id)
  const { bytes } = await board.picture(id, position)
  const picture = job.pictures.find((one) => one.position === position)
  if (!picture) throw new Error(`The job ${id} has bytes of a picture ${position} that it knows nothing of.`)
  const { parents = [], refined } = paintRequestSchema.parse(job.request)
  const base = { bytes, picture, painter: job.maker, parents }
  if (!refined) return base
  const { job: improved, variant } = variantOf(board, refined)
  const asked = String(improved.request.prompt)
  return { ...base, refined: { asked, variant, refiner: improved.maker, neighbours: improved.neighbours } }
}
