import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { open, type RootDatabase } from 'lmdb'

/** What a vector is of. */
export interface Content {
  /** Stands for the content and for what makes the vector. */
  readonly key: string
  /** Whether it will be wanted again, by another shard. */
  readonly keep: boolean
  /** Its vector, where that is known from elsewhere. */
  readonly known?: Float32Array | undefined
}

/** Vectors in the order of their contents, undefined for what can't be embedded, and how many were computed. */
export interface ResolvedVectors {
  readonly vectors: readonly (Float32Array | undefined)[]
  readonly computed: number
}

/** Vectors of some contents, given by number, in their order; undefined for one that can't be embedded. */
export type ComputeVectors = (inputs: readonly number[]) => Promise<readonly (Float32Array | undefined)[]>

/** Big enough for several vectors of 512 to 1,024 float32 each: LMDB gives larger values pages of their own. */
const PAGE_BYTES = 16_384

/**
 * Vectors by content, on disk: what was embedded once, in this run or one that was killed, is not embedded again.
 * Entries are only added, each for a key that stands for model and content, so a vector from here has the same bytes
 * as one computed anew. The file may be deleted at any time.
 */
export class VectorCache implements AsyncDisposable {
  readonly #database: RootDatabase<Buffer, string>
  readonly #inWork = new Map<string, Promise<Float32Array | undefined>>()
  readonly #writing = new Set<Promise<unknown>>()

  static async open(path: string): Promise<VectorCache> {
    await mkdir(dirname(path), { recursive: true })
    return new VectorCache(open<Buffer, string>({ path, encoding: 'binary', pageSize: PAGE_BYTES }))
  }

  private constructor(database: RootDatabase<Buffer, string>) {
    this.#database = database
  }

  /** The vector of each content, in order: from disk, from whoever computes it just now, or computed here, once. */
  async resolve(contents: readonly Content[], compute: ComputeVectors): Promise<ResolvedVectors> {
    const found = new Map<string, Promise<Float32Array | undefined>>()
    const missing = new Map<string, number>()
    contents.forEach((content, input) => {
      const { key } = content
      if (found.has(key) || missing.has(key)) return
      const known = this.#inWork.get(key) ?? this.#read(key) ?? this.#given(content)
      if (known) found.set(key, known)
      else missing.set(key, input)
    })
    const computing = compute([...missing.values()])
    const places = [...missing.keys()].entries()
    for (const [place, key] of places) {
      const vector = computing.then((vectors) => vectors[place])
      found.set(key, vector)
      this.#announce(contents[missing.get(key) as number] as Content, vector)
    }
    const vectors = await Promise.all(contents.map(({ key }) => found.get(key)))
    return { vectors, computed: missing.size }
  }

  /** Whether the vector of a key is on disk, or computed just now. */
  has(key: string): boolean {
    return this.#inWork.has(key) || this.#database.doesExist(key)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // LMDB does not survive being closed under a write.
    await Promise.allSettled(this.#writing)
    await this.#database.close()
  }

  #read(key: string): Promise<Float32Array> | undefined {
    const bytes = this.#database.get(key)
    return bytes && Promise.resolve(new Float32Array(Uint8Array.from(bytes).buffer))
  }

  #given({ key, keep, known }: Content): Promise<Float32Array> | undefined {
    if (known && keep) void this.#write(key, known)
    return known && Promise.resolve(known)
  }

  async #write(key: string, { buffer, byteOffset, byteLength }: Float32Array): Promise<void> {
    const writing = this.#database.put(key, Buffer.from(buffer, byteOffset, byteLength))
    this.#writing.add(writing)
    // Losing an entry costs no more than computing it again.
    await writing.catch(() => undefined)
    this.#writing.delete(writing)
  }

  /** Lets others wait for the vector, and keeps it where that is wanted. */
  #announce({ key, keep }: Content, vector: Promise<Float32Array | undefined>): void {
    this.#inWork.set(key, vector)
    const settled = vector.then(async (done) => {
      // Nobody can read it from disk before it is there.
      if (done && keep) await this.#write(key, done)
      this.#inWork.delete(key)
    })
    // Whoever waits for the vector gets its error.
    settled.catch(() => this.#inWork.delete(key))
  }
}
