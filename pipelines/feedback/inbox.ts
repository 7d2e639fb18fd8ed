import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { flush, PARTIAL, writeDurably } from '@promptloom/runner/disk'
import pLimit from 'p-limit'
import { digest, forgottenLineSchema, type InboxRow, inboxRowSchema, type NewRow } from './inbox-row.ts'

/** A row to put in, with its picture's original bytes. */
export interface InboxItem {
  readonly row: NewRow
  readonly picture?: Uint8Array
}

/** A batch that is complete. */
export interface InboxBatch {
  /** Name of its folder in the inbox; names sort in the order in which batches came. */
  readonly name: string
  /** SHA-256 of `rows.jsonl`, which names the pictures by theirs. */
  readonly sha256: string
  /** Lines, forgotten rows included. */
  readonly rows: number
}

/** One line of a batch: a row, or the id of one that was forgotten. */
export type InboxLine = InboxRow | { readonly forgotten: string }

const ROWS = 'rows.jsonl'

/** Pictures that are flushed at the same time: one by one, each would wait for a write of the journal of its own. */
const FLUSHES = 16

/** A batch that nobody has added to for so long was left by a process that was killed. */
const ABANDONED_MS = 24 * 3_600_000

/** The folder where new rows wait for the next run. */
export function inboxFolder(workspace: string): string {
  return join(workspace, 'inbox')
}

/**
 * Puts rows and their pictures into the inbox: all of them or, after a crash, none. Needs no lock, so that it works
 * while a run goes on, which takes them in when its stage begins, or the next run does.
 * @returns the batch; undefined for no rows
 * @throws z.ZodError for a row that is none
 */
export async function putBatch(workspace: string, items: Iterable<InboxItem>): Promise<InboxBatch | undefined> {
  const batch = await NewBatch.begin(workspace)
  try {
    for (const item of items) await batch.add(item)
    return await batch.commit()
  } catch (error) {
    await batch.discard()
    throw error
  }
}

/** A batch that is being written row by row; nobody sees it before `commit`. */
export class NewBatch {
  readonly #folder: string
  readonly #path: string
  readonly #file: FileHandle
  readonly #lines: string[] = []
  readonly #pictures = new Set<string>()

  private constructor(folder: string, path: string, file: FileHandle) {
    this.#folder = folder
    this.#path = path
    this.#file = file
  }

  static async begin(workspace: string): Promise<NewBatch> {
    const folder = inboxFolder(workspace)
    const path = join(folder, `${randomBytes(8).toString('hex')}${PARTIAL}`)
    await sweep(folder)
    await mkdir(path, { recursive: true })
    return new NewBatch(folder, path, await open(join(path, ROWS), 'wx'))
  }

  /** Rows so far. */
  get rows(): number {
    return this.#lines.length
  }

  /** @throws z.ZodError for a row that is none */
  async add({ row, picture }: InboxItem): Promise<InboxRow> {
    const sha256 = picture && digest(picture)
    const whole = inboxRowSchema.parse({
      ...row,
      ...(sha256 === undefined ? {} : { picture: { sha256 } }),
      created: new Date().toISOString(),
    })
    if (picture && sha256 && !this.#pictures.has(sha256)) {
      await writeFile(join(this.#path, sha256), picture)
      this.#pictures.add(sha256)
    }
    this.#lines.push(`${JSON.stringify(whole)}\n`)
    return whole
  }

  /** Makes the batch part of the inbox. @returns undefined where it has no rows */
  async commit(): Promise<InboxBatch | undefined> {
    if (this.#lines.length === 0) {
      await this.discard()
      return undefined
    }
    const text = this.#lines.join('')
    await this.#file.writeFile(text)
    await this.#file.sync()
    await this.#file.close()
    const limit = pLimit(FLUSHES)
    await Promise.all([...this.#pictures].map((sha256) => limit(flush, join(this.#path, sha256))))
    await flush(this.#path)
    // Named when it is complete: an earlier name that appears late would move every later row to another shard.
    const name = `${new Date().toISOString().replace(/[-:.Z]/g, '')}-${randomBytes(2).toString('hex')}`
    await rename(this.#path, join(this.#folder, name))
    await flush(this.#folder)
    return { name, sha256: digest(text), rows: this.#lines.length }
  }

  /** Takes everything back. */
  async discard(): Promise<void> {
    await this.#file.close().catch(() => undefined)
    await rm(this.#path, { recursive: true, force: true })
  }
}

/** Complete batches, in the order in which they came. */
export async function listBatches(workspace: string): Promise<readonly InboxBatch[]> {
  const names = await readdir(inboxFolder(workspace)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const batches: InboxBatch[] = []
  for (const name of names.filter((one) => /^\d{8}T\d{9}-[0-9a-f]{4}$/.test(one)).sort()) {
    const text = await readFile(join(inboxFolder(workspace), name, ROWS))
    let rows = 0
    for (const byte of text) if (byte === 0x0a) rows++
    batches.push({ name, sha256: digest(text), rows })
  }
  return batches
}

/** The lines of a batch, in order. @throws where the file is not what `putBatch` wrote */
export async function readBatch(workspace: string, name: string): Promise<readonly InboxLine[]> {
  const path = join(inboxFolder(workspace), name, ROWS)
  const lines = (await readFile(path, 'utf8')).split('\n')
  if (lines.pop() !== '') throw new Error(`${path} ends in the middle of a line; it was changed after it was written.`)
  return lines.map((line) => {
    const value = JSON.parse(line)
    return 'forgotten' in value ? forgottenLineSchema.parse(value) : inboxRowSchema.parse(value)
  })
}

/** The original bytes of a row's picture. */
export function readInboxPicture(workspace: string, batch: string, sha256: string): Promise<Buffer> {
  return readFile(join(inboxFolder(workspace), batch, sha256))
}

/**
 * Takes rows out of a batch for good: their lines keep only the id, and pictures that no other line needs are deleted.
 * @returns how many rows were taken out
 */
export async function forgetInBatch(workspace: string, name: string, ids: ReadonlySet<string>): Promise<number> {
  const lines = await readBatch(workspace, name)
  const gone = lines.filter((line): line is InboxRow => 'id' in line && ids.has(line.id))
  if (gone.length === 0) return 0
  const left = lines.map((line) => ('id' in line && ids.has(line.id) ? { forgotten: line.id } : line))
  const folder = join(inboxFolder(workspace), name)
  await writeDurably(join(folder, ROWS), left.map((line) => `${JSON.stringify(line)}\n`).join(''))
  const needed = new Set(left.flatMap((line) => ('picture' in line && line.picture ? [line.picture.sha256] : [])))
  for (const { picture } of gone) {
    if (picture && !needed.has(picture.sha256)) await rm(join(folder, picture.sha256), { force: true })
  }
  await flush(folder)
  return gone.length
}

/** Deletes batches that were never finished. */
async function sweep(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names.filter((one) => /^[0-9a-f]{16}\.partial$/.test(one))) {
    const path = join(folder, name)
    const changed = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Number.POSITIVE_INFINITY,
    )
    if (Date.now() - changed > ABANDONED_MS) await rm(path, { recursive: true, force: true })
  }
}
