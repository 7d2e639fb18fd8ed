import { closeSync, openSync, readSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { UserError } from '@promptloom/runner/errors'
import h5wasm from 'h5wasm/node'

/**
 * A data set in the form of ann-benchmarks (HDF5): `train` (rows × dimension), `test` (questions × dimension),
 * `neighbors` (questions × depth, row numbers of `train`, nearest first), `distances` beside it, and the attribute
 * `distance` (`angular`, `euclidean`). https://github.com/erikbern/ann-benchmarks#data-sets
 */
export interface VectorFile extends Disposable {
  readonly rows: number
  readonly dimension: number
  readonly distance: string
  readonly questions: readonly Float32Array[]
  /** Row numbers of the exact answers, one list a question. */
  readonly neighbours: readonly Int32Array[]
  /** As the file has them, in its own metric. */
  readonly distances: readonly Float32Array[]
  /** Vectors of rows `from` (included) to `to` (excluded), one after the other; nothing else of the file is read. */
  rowsBetween(from: number, to: number): Float32Array | Promise<Float32Array>
}

/** What is written: vectors in batches, and the exact answers to the questions. */
export interface VectorFileContent {
  readonly rows: number
  readonly dimension: number
  readonly batches: AsyncIterable<Float32Array> | Iterable<Float32Array>
  readonly questions: readonly Float32Array[]
  readonly neighbours: readonly (readonly number[])[]
  readonly distances: readonly ArrayLike<number>[]
}

/**
 * Opens a file; only questions and answers are read at once.
 * @throws UserError when it is not HDF5, lacks a data set, or has some that don't go together.
 */
export async function openVectorFile(path: string): Promise<VectorFile> {
  await h5wasm.ready
  const file = open(path, 'r')
  try {
    const train = matrix(file, 'train', path)
    const [rows = 0, dimension = 0] = train.shape as number[]
    const test = matrix(file, 'test', path)
    const neighbors = matrix(file, 'neighbors', path)
    const distances = file.get('distances') ? matrix(file, 'distances', path) : undefined
    checkShapes(path, { train, test, neighbors, distances })
    const attribute = file.attrs.distance?.value
    return {
      rows,
      dimension,
      distance: typeof attribute === 'string' ? attribute : 'unknown',
      questions: lists(test, Float32Array),
      neighbours: lists(neighbors, Int32Array),
      distances: distances ? lists(distances, Float32Array) : [],
      rowsBetween: (from, to) => Float32Array.from(train.slice([[from, to], []]) as Float32Array),
      [Symbol.dispose]: () => void file.close(),
    }
  } catch (error) {
    file.close()
    throw error
  }
}

/** Writes a file that ann-benchmarks reads: `angular`, distances as 1 − cosine. It is there whole, or not at all. */
export async function writeVectorFile(path: string, content: VectorFileContent): Promise<void> {
  const partial = `${path}.partial`
  try {
    await writeContent(partial, content)
    await rename(partial, path)
  } finally {
    await rm(partial, { force: true })
  }
}

async function writeContent(path: string, content: VectorFileContent): Promise<void> {
  const { rows, dimension, batches, questions, neighbours, distances } = content
  await h5wasm.ready
  const file = open(path, 'w')
  try {
    file.create_attribute('distance', 'angular')
    file.create_attribute('type', 'dense')
    file.create_attribute('dimension', dimension)
    const chunk = Math.max(1, Math.min(rows, 4096))
    const train = file.create_dataset({
      name: 'train',
      data: new Float32Array(rows === 0 ? 0 : chunk * dimension),
      shape: [chunk, dimension],
      maxshape: [null, dimension],
      chunks: [chunk, dimension],
      dtype: '<f4',
    })
    train.resize([rows, dimension])
    let at = 0
    for await (const batch of batches) {
      const count = batch.length / dimension
      train.write_slice([[at, at + count], []], batch)
      at += count
    }
    if (at !== rows) throw new Error(`${path} was to hold ${rows} rows, and ${at} came.`)
    const depth = Math.min(...neighbours.map((list) => list.length), Number.MAX_SAFE_INTEGER)
    file.create_dataset({
      name: 'test',
      data: flat(questions, dimension, Float32Array),
      shape: [questions.length, dimension],
    })
    file.create_dataset({
      name: 'neighbors',
      data: flat(neighbours, depth, Int32Array),
      shape: [neighbours.length, depth],
    })
    file.create_dataset({
      name: 'distances',
      data: flat(distances, depth, Float32Array),
      shape: [distances.length, depth],
    })
  } finally {
    file.close()
  }
}

type Hdf5File = InstanceType<typeof h5wasm.File>
type Hdf5Dataset = InstanceType<typeof h5wasm.Dataset>
type Numbers = Float32ArrayConstructor | Int32ArrayConstructor

/** h5wasm answers a file that it cannot open with a negative number, after words on the terminal: look first. */
function open(path: string, mode: 'r' | 'w'): Hdf5File {
  if (mode === 'r' && !isHdf5(path)) throw new UserError(`${path} cannot be read as HDF5: it does not begin like one.`)
  const file = new h5wasm.File(path, mode)
  if (Number(file.file_id) < 0) {
    throw new UserError(
      `${path} cannot be ${mode === 'r' ? 'read: it is damaged' : 'written: look at the folder and the disk'}.`,
    )
  }
  return file
}

/** The signature that every HDF5 file begins with (HDF5 File Format Specification, III.A). */
function isHdf5(path: string): boolean {
  const head = Buffer.alloc(8)
  try {
    const handle = openSync(path, 'r')
    readSync(handle, head, 0, 8, 0)
    closeSync(handle)
  } catch (error) {
    throw new UserError(`${path} can't be read: ${(error as Error).message}.`)
  }
  return head.equals(Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'))
}

function matrix(file: Hdf5File, name: string, path: string): Hdf5Dataset {
  const found = file.get(name)
  if (found instanceof h5wasm.Dataset && found.shape?.length === 2) return found
  throw new UserError(
    `${path} has no table "${name}"; the form of ann-benchmarks has train, test, neighbors and distances.`,
  )
}

/** What must be as wide, or as many, as something else in the file. */
function checkShapes(
  path: string,
  {
    train,
    test,
    neighbors,
    distances,
  }: Record<'train' | 'test' | 'neighbors', Hdf5Dataset> & {
    distances: Hdf5Dataset | undefined
  },
): void {
  const shape = (data: Hdf5Dataset) => (data.shape as number[]).join(' × ')
  const refuse = (what: string) => {
    throw new UserError(`${path} does not go together: ${what}. Make the file anew.`)
  }
  if (test.shape?.[1] !== train.shape?.[1])
    refuse(`train is ${shape(train)} and test ${shape(test)}, but vectors must be of one length`)
  if (neighbors.shape?.[0] !== test.shape?.[0])
    refuse(`test is ${shape(test)} and neighbors ${shape(neighbors)}, but every question must have an answer`)
  if (distances && shape(distances) !== shape(neighbors))
    refuse(
      `neighbors is ${shape(neighbors)} and distances ${shape(distances)}, but every neighbour must have a distance`,
    )
}

/** Whole numbers of 64 bits, which NumPy makes row numbers of, are read as bigint. */
function lists<T extends Numbers>(data: Hdf5Dataset, kind: T): InstanceType<T>[] {
  const [rows = 0, width = 0] = data.shape as number[]
  const read = data.value as ArrayLike<number> | BigInt64Array
  const values = kind.from(read instanceof BigInt64Array ? Array.from(read, Number) : read)
  return Array.from({ length: rows }, (_, row) => values.slice(row * width, (row + 1) * width) as InstanceType<T>)
}

function flat<T extends Numbers>(rows: readonly ArrayLike<number>[], width: number, kind: T): InstanceType<T> {
  const all = new kind(rows.length * width)
  for (const [index, row] of rows.entries()) all.set(Array.prototype.slice.call(row, 0, width), index * width)
  return all as InstanceType<T>
}
