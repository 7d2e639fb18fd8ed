import { basename } from 'node:path'
import { exitCodeOf } from '@promptloom/runner/errors'
import { Intake, type IntakeLedger, type Known, openKnown } from './intake.ts'
import { pictureRow } from './picture-row.ts'
import { lineRow } from './refined-row.ts'
import { type SourceFile, sourceFiles } from './source-files.ts'
import { tableRows } from './table-rows.ts'
import { textLines } from './text-lines.ts'

/** Pictures that are read at the same time. */
const PICTURES = 8

/** How far it is. */
export interface IngestProgress {
  /** Files that were looked at. */
  readonly files: number
  readonly ledger: IntakeLedger
}

/** How files are taken in. */
export interface IngestOptions {
  /** Files with more bytes are refused. */
  readonly maxBytes: number
  /** Looks at files again that were taken in before as they are; default false. */
  readonly again?: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: IngestProgress) => void
  /** Whether a file is to be looked at now; default all. */
  readonly accept?: (file: SourceFile) => boolean
  /** What was taken in before, where that is in memory already. */
  readonly known?: Known
}

/** What became of it. */
export interface Ingested {
  /** Files that were looked at or known, by path. */
  readonly files: number
  /** Files and links in folders that are none of the kinds that are taken in. */
  readonly others: number
  /** Pictures, lines and rows by how they ended; they add up to all there were. */
  readonly ledger: IntakeLedger
  /** Where rejects are told, a line each; undefined where there are none. */
  readonly rejects: string | undefined
}

/**
 * Takes pictures, JSON Lines and CSV files into the inbox of a workspace. Needs no lock; the same files twice add
 * nothing, also after a kill: what is not safe in the inbox is looked at again. Memory does not grow with the number of
 * files beyond their names and ids.
 *
 * @throws UserError for a path that is not there; the signal's reason after an abort, once what was read is safe
 */
export async function ingest(workspace: string, paths: readonly string[], options: IngestOptions): Promise<Ingested> {
  const { again = false, known = await openKnown(workspace), signal } = options
  const intake = await Intake.open(workspace, known)
  let files = 0
  let others = 0
  const seen = (file: SourceFile) => {
    intake.done(file)
    files++
    options.onProgress?.({ files, ledger: intake.ledger })
  }
  let together: SourceFile[] = []
  const takePictures = async () => {
    const verdicts = await Promise.all(together.map((file) => pictureRow(file, options.maxBytes)))
    for (const [at, file] of together.entries()) {
      const verdict = verdicts[at] as (typeof verdicts)[number]
      await intake.take(verdict, { path: file.path })
      // What cannot be read today may be tomorrow.
      if (!('outcome' in verdict && verdict.outcome === 'unreadable')) seen(file)
      else files++
    }
    together = []
  }
  try {
    for await (const file of sourceFiles(paths, { except: workspace, onOther: () => others++ })) {
      if (signal?.aborted) break
      if (options.accept && !options.accept(file)) continue
      if (!again && known.memory.has(file)) {
        files++
        intake.ledger.known++
      } else if (file.kind === 'picture') {
        together.push(file)
        if (together.length >= PICTURES) await takePictures()
      } else {
        await takeText(file, intake, signal)
        if (!signal?.aborted) seen(file)
      }
    }
    await takePictures()
    await intake.commit()
  } catch (error) {
    await intake.discard()
    throw error
  }
  signal?.throwIfAborted()
  const { ledger } = intake
  return { files, others, ledger, rejects: hasRejects(ledger) ? intake.rejects : undefined }
}

async function takeText(file: SourceFile, intake: Intake, signal: AbortSignal | undefined): Promise<void> {
  const name = basename(file.path)
  const { path } = file
  try {
    if (file.kind === 'lines') {
      for await (const { number, text } of textLines(path)) {
        if (signal?.aborted) return
        const tooLong = { outcome: 'too_long', reason: 'the line is longer than 1 MiB, or no UTF-8' } as const
        await intake.take(text === undefined ? tooLong : lineRow(text, name), { path, line: number })
      }
      return
    }
    for await (const { number, verdict } of tableRows(path, name)) {
      if (signal?.aborted) return
      await intake.take(verdict, { path, line: number })
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (exitCodeOf(error) === undefined && !['EACCES', 'EPERM', 'ENOENT', 'EIO'].includes(code ?? '')) throw error
    await intake.take({ outcome: 'malformed', reason: (error as Error).message }, { path })
  }
}

const QUIET = new Set(['new', 'known', 'forgotten', 'unchanged'])

function hasRejects(ledger: IntakeLedger): boolean {
  return Object.entries(ledger).some(([name, count]) => count > 0 && !QUIET.has(name))
}
