import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PictureLibrary } from '@promptloom/dataset/picture-library'
import { writeTable } from '@promptloom/dataset/table-writer'
import { openStore, type Store } from '@promptloom/store/store'
import { type Collection, type CollectionParts, type Encoder, openCollection } from './collection.ts'
import { PictureRefusedError } from './search-error.ts'

/** Length of the toy vectors: two for the cones of words and pictures, the rest for meaning. */
const DIMENSION = 256
/** Words that get a direction of their own; later ones share what is left. */
const OWN = 128
const CONE = 1.2

/** A row of the toy collection; what is left out has a default. */
export interface ToyRow {
  readonly id: string
  readonly prompt: string
  readonly width?: number
  readonly height?: number
  readonly source_site?: string
  readonly origin?: 'dataset' | 'refined' | 'generated'
  /** Words that the picture shows; without it, the row has no picture. */
  readonly shows?: string
}

/**
 * Stands in for a dual encoder where a test must know what is similar: each word is a direction of its own, words and
 * pictures lie in two cones, and a picture's "bytes" are the words that it shows.
 */
export const toyEncoder: Encoder = {
  digest: 'toy-model',
  name: 'toy',
  standIn: 'a real model',
  dimension: DIMENSION,
  async embedTexts(texts) {
    return texts.map((text) => ({ vector: meaning(text, 0), overlong: text.split(/\s+/).length > 70 }))
  },
  async embedPictures(pictures) {
    return pictures.map((bytes) => {
      const text = Buffer.from(bytes).toString('utf8')
      if (!text.startsWith('shows ')) throw new PictureRefusedError('These bytes are no picture.')
      return meaning(text.slice(6), 1)
    })
  },
}

const SUBJECTS = ['cat', 'dog', 'castle', 'robot', 'forest', 'ship', 'dragon', 'knight']
const PLACES = ['sofa', 'moon', 'harbour', 'meadow', 'library', 'volcano', 'desert', 'kitchen']

/** Sixty-four rows, enough to calibrate on: each subject by each place, with a picture that shows both. */
export const TOY_SCENES: readonly ToyRow[] = SUBJECTS.flatMap((subject) =>
  PLACES.map((place) => ({
    id: `${subject}-${place}`,
    prompt: `${subject} by ${place}`,
    shows: `${subject} ${place}`,
  })),
)

/** The bytes of a toy picture. */
export function toyPicture(shows: string): Uint8Array {
  return Buffer.from(`shows ${shows}`)
}

/** A store in a folder of its own with the rows in it, opened for searching. */
export interface ToyCollection extends AsyncDisposable {
  readonly collection: Collection
  readonly store: Store
  readonly folder: string
}

/** Loads rows into an embedded store and opens it. One at a time in a process. */
export async function toyCollection(
  rows: readonly ToyRow[],
  parts: Partial<CollectionParts> = {},
): Promise<ToyCollection> {
  const folder = await mkdtemp(join(tmpdir(), 'promptloom-search-'))
  const store = await openStore({ kind: 'embedded', path: join(folder, 'store') })
  await load(store, folder, { kind: 'text', rows })
  const pictured = rows.filter(({ shows }) => shows !== undefined)
  if (pictured.length > 0) await load(store, folder, { kind: 'image', rows: pictured })
  const collection = await openCollection({ store, encoder: toyEncoder, pictures: toyLibrary(pictured), ...parts })
  return {
    collection,
    store,
    folder,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function toyLibrary(rows: readonly ToyRow[]): PictureLibrary {
  const byId = new Map(rows.map(({ id, shows = '' }) => [id, Buffer.from(toyPicture(shows))]))
  return { count: byId.size, read: async (id) => byId.get(id), async [Symbol.asyncDispose]() {} }
}

const ROW = {
  id: 'string',
  prompt: 'string',
  url: 'string',
  width: 'uint32',
  height: 'uint32',
  source_site: 'string',
  origin: 'string',
  parents: 'strings',
  model: 'string',
} as const

async function load(store: Store, folder: string, { kind, rows }: { kind: 'text' | 'image'; rows: readonly ToyRow[] }) {
  const base = {
    id: rows.map(({ id }) => id),
    prompt: rows.map(({ prompt }) => prompt),
    url: rows.map(({ id }) => `https://example.org/${encodeURIComponent(id)}.png`),
    width: Uint32Array.from(rows, ({ width = 512 }) => width),
    height: Uint32Array.from(rows, ({ height = 512 }) => height),
    source_site: rows.map(({ source_site = 'site' }) => source_site),
    origin: rows.map(({ origin = 'dataset' }) => origin),
    parents: rows.map(() => []),
    model: rows.map(() => toyEncoder.digest),
  }
  const vectors = new Float32Array(rows.length * DIMENSION)
  rows.forEach(({ prompt, shows = '' }, row) => {
    vectors.set(kind === 'text' ? meaning(prompt, 0) : meaning(shows, 1), row * DIMENSION)
  })
  const path = join(folder, `${kind}.parquet`)
  const vector = { vector: DIMENSION } as const
  if (kind === 'text') {
    const schema = { ...ROW, truncated: 'boolean', prompt_vector: vector } as const
    await writeTable(path, schema, { ...base, truncated: rows.map(() => false), prompt_vector: vectors })
  } else {
    const schema = { ...ROW, sha256: 'string', duplicate_of: 'string', image_vector: vector } as const
    const own = { sha256: rows.map(({ shows = '' }) => shows), duplicate_of: rows.map(() => '') }
    await writeTable(path, schema, { ...base, ...own, image_vector: vectors })
  }
  const table = store.table(kind)
  await table.ensure(DIMENSION)
  await table.load({ path, shard: `${kind}-00000`, digest: 'toy', rows: rows.length, run: 'toy-run' })
}

/** The sum of the words' directions, moved into the cone of its modality; of unit length. */
function meaning(text: string, cone: 0 | 1): Float32Array {
  const vector = new Float32Array(DIMENSION)
  vector[cone] = CONE
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    const at = directionOf(word)
    vector[at] = (vector[at] as number) + 1
  }
  const length = Math.hypot(...vector)
  return vector.map((value) => value / length)
}

const directions = new Map<string, number>()

function directionOf(word: string): number {
  const known = directions.get(word)
  if (known !== undefined) return known
  let hash = 0
  for (const letter of word) hash = (hash * 31 + (letter.codePointAt(0) as number)) % 9973
  const direction = directions.size < OWN ? 2 + directions.size : 2 + OWN + (hash % (DIMENSION - 2 - OWN))
  directions.set(word, direction)
  return direction
}
