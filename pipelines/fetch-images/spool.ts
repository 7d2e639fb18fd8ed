import { type FileHandle, mkdir, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import type { Finding } from './finding.ts'

/** A finding and where its picture lies in the spool. */
export interface Spooled {
  readonly finding: Finding
  readonly offset: number
  readonly length: number
}

/** Lengths of the finding (JSON) and of the picture, and the CRC-32 of both together. */
const HEAD_BYTES = 12
/** No finding is as long as this; a length beyond it is damage. */
const LONGEST_FINDING = 1 << 20
/** Pictures come nearly in the order in which they are read back: a read brings those that follow, too. */
const WINDOW_BYTES = 1 << 18
/** Findings, and bytes, that are written together: a write for each takes a hundredth of a picture's processor time. */
const [GROUP, GROUP_BYTES] = [8, 1 << 20]
const EMPTY = Buffer.alloc(0)

/**
 * What a shard has fetched so far, in the order in which it came, so that pictures neither pile up in memory nor are
 * asked for again after a kill. It is scratch: it belongs in the cache, is read back as far as it is whole, and is
 * deleted once the shard is assembled.
 */
export class Spool implements AsyncDisposable {
  readonly #path: string
  readonly #file: FileHandle
  readonly #findings: Map<string, Spooled>
  /** Where the next finding goes, and up to where all are written or being written. */
  #end: number
  #begun: number
  /** Buffers from there on, of `#waiting` findings. */
  #group: Buffer[] = []
  #waiting = 0
  #writes: Promise<unknown> = Promise.resolve()
  /** What was read last; nothing once something was added. */
  #window = { at: 0, bytes: EMPTY }
  #additions = 0

  private constructor(path: string, file: FileHandle, findings: Map<string, Spooled>, end: number) {
    this.#path = path
    this.#file = file
    this.#findings = findings
    this.#end = this.#begun = end
  }

  /**
   * Opens the spool at `path`, keeping what an earlier attempt left there if that was written under the same key.
   *
   * @param key says what the findings depend on: inputs, options, version.
   */
  static async open(path: string, key: string): Promise<Spool> {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(path, 'a+').then(async (created) => {
      await created.close()
      return open(path, 'r+')
    })
    const title = Buffer.from(`${key}\n`)
    const found = Buffer.alloc(title.length)
    await file.read(found, 0, found.length, 0)
    if (!found.equals(title)) {
      await file.truncate(0)
      await file.write(title, 0, title.length, 0)
      return new Spool(path, file, new Map(), title.length)
    }
    const { findings, end } = await readBack(file, title.length)
    await file.truncate(end)
    return new Spool(path, file, findings, end)
  }

  /** The finding of a row, if it was fetched already. */
  get(id: string): Spooled | undefined {
    return this.#findings.get(id)
  }

  /**
   * Adds a finding; the latest of a row counts. It is written with the next seven, or when a picture is read or the
   * spool closed, so that a kill costs up to seven findings.
   */
  async add(finding: Finding, picture: Buffer = EMPTY): Promise<void> {
    const text = Buffer.from(JSON.stringify(finding))
    const head = Buffer.alloc(HEAD_BYTES)
    head.writeUInt32LE(text.length, 0)
    head.writeUInt32LE(picture.length, 4)
    // zlib's own function answers 0 for a buffer without memory, which an empty one may be.
    head.writeUInt32LE(picture.length === 0 ? crc32(text) : crc32(picture, crc32(text)), 8)
    const offset = this.#end + HEAD_BYTES + text.length
    this.#end = offset + picture.length
    this.#group.push(head, text, picture)
    this.#waiting += 1
    this.#findings.set(finding.row.id, { finding, offset, length: picture.length })
    if (this.#waiting >= GROUP || this.#end - this.#begun >= GROUP_BYTES) await this.#write()
  }

  /** Writes what waits. The place is taken before the write begins, so that writes may overlap. */
  async #write(): Promise<void> {
    const [group, at, length] = [this.#group, this.#begun, this.#end - this.#begun]
    if (group.length === 0) return
    this.#group = []
    this.#waiting = 0
    this.#begun = this.#end
    const write = this.#file.writev(group, at).then(({ bytesWritten }) => {
      if (bytesWritten === length) return
      throw new Error(`${this.#path}: only ${bytesWritten} of ${length} bytes were written.`)
    })
    this.#writes = Promise.all([this.#writes, write]).then(() => {})
    // Whoever reads or closes hears of it, too; until then nobody listens to this one.
    this.#writes.catch(() => {})
    await write
    // What a read has seen of this place may be from before the write.
    this.#additions += 1
    this.#window = { at: 0, bytes: EMPTY }
  }

  /** The picture of a finding. */
  async picture({ offset, length }: Spooled): Promise<Buffer> {
    const { at, bytes } = this.#window
    if (at <= offset && offset + length <= at + bytes.length) return bytes.subarray(offset - at, offset - at + length)
    await Promise.all([this.#write(), this.#writes])
    const wider = Buffer.allocUnsafe(Math.max(length, WINDOW_BYTES))
    const additions = this.#additions
    const { bytesRead } = await this.#file.read(wider, 0, wider.length, offset)
    if (bytesRead < length) throw new Error(`${this.#path} has ${bytesRead} of ${length} bytes at ${offset}.`)
    if (this.#additions === additions) this.#window = { at: offset, bytes: wider.subarray(0, bytesRead) }
    return wider.subarray(0, length)
  }

  /** Closes and deletes the spool: its shard is assembled. */
  async remove(): Promise<void> {
    await this.#file.close()
    await rm(this.#path, { force: true })
  }

  /** Closes it and leaves it for the next attempt. What can't be written any more is fetched again by that one. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#write(), this.#writes]).catch(() => {})
    await this.#file.close()
  }
}

/** Reads records up to the first that is cut short or damaged: what came after it was not written in full. */
async function readBack(file: FileHandle, from: number): Promise<{ findings: Map<string, Spooled>; end: number }> {
  const findings = new Map<string, Spooled>()
  const head = Buffer.alloc(HEAD_BYTES)
  for (let end = from; ; ) {
    const { bytesRead } = await file.read(head, 0, HEAD_BYTES, end)
    const [textLength, length] = [head.readUInt32LE(0), head.readUInt32LE(4)]
    if (bytesRead < HEAD_BYTES || textLength === 0 || textLength > LONGEST_FINDING) return { findings, end }
    const { size } = await file.stat()
    const next = end + HEAD_BYTES + textLength + length
    if (next > size) return { findings, end }
    const body = Buffer.allocUnsafe(textLength + length)
    await file.read(body, 0, body.length, end + HEAD_BYTES)
    if (crc32(body) !== head.readUInt32LE(8)) return { findings, end }
    const finding = JSON.parse(body.toString('utf8', 0, textLength)) as Finding
    findings.set(finding.row.id, { finding, offset: end + HEAD_BYTES + textLength, length })
    end = next
  }
}
