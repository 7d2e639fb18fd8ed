import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { BUCKETS, bucketOf, buildPictureIndex, ENTRY_BYTES, findEntry, type IndexedShard } from './picture-index.ts'
import { readPlace } from './picture-tar.ts'

/** All committed pictures of a workspace, each within reach by its row's id. */
export interface PictureLibrary extends AsyncDisposable {
  /** Pictures that can be had, duplicates included. */
  readonly count: number
  /** The stored picture (JPEG, WebP, PNG or GIF) of a row, or undefined when it has none. Two short file reads. */
  read(id: string): Promise<Buffer | undefined>
}

/** Stages that commit pictures, and the ending of their tables of pictures. */
const STAGES = [
  { folder: 'fetch-images', table: 'parquet' },
  { folder: 'feedback', table: 'pictures.parquet' },
] as const
const INDEX = 'pictures-'
const DIRECTORY_BYTES = 4 * (BUCKETS + 1)

/**
 * Opens the pictures that `fetch-images` and `feedback` have committed in a workspace. An index of all ids (28 bytes a picture) is
 * kept in `cache/`, named by the commits it was made of: it is built anew when they change (about two seconds for a
 * million pictures) and may be deleted at any time.
 */
export async function openPictureLibrary(workspace: string): Promise<PictureLibrary> {
  const { shards, digest } = await committedShards(workspace)
  const path = join(workspace, 'cache', `${INDEX}${digest}.index`)
  const index = await openIndex(path, shards)
  const directory = await readPlace(index, { offset: 0, length: DIRECTORY_BYTES })
  const tars = new Map<number, Promise<FileHandle>>()
  const tar = (shard: number) => {
    const opened = tars.get(shard) ?? open(join(workspace, (shards[shard] as IndexedShard).tar))
    tars.set(shard, opened)
    // The next question tries again: the archive may be there by then.
    opened.catch(() => tars.delete(shard))
    return opened
  }
  return {
    count: directory.readUInt32LE(4 * BUCKETS),
    async read(id) {
      const bucket = bucketOf(id)
      const [first, end] = [directory.readUInt32LE(4 * bucket), directory.readUInt32LE(4 * (bucket + 1))]
      const place = { offset: DIRECTORY_BYTES + first * ENTRY_BYTES, length: (end - first) * ENTRY_BYTES }
      const found = findEntry(await readPlace(index, place), id)
      return found && readPlace(await tar(found.shard), found)
    },
    async [Symbol.asyncDispose]() {
      await index.close()
      await Promise.all([...tars.values()].map(async (opened) => (await opened).close()))
    },
  }
}

/** Shards with a checkpoint beside them, stage by stage in name order, and a digest of what was committed. */
async function committedShards(workspace: string): Promise<{ shards: IndexedShard[]; digest: string }> {
  const hash = createHash('sha256')
  const shards: IndexedShard[] = []
  for (const stage of STAGES) {
    const folder = join(workspace, stage.folder)
    const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    })
    for (const name of names.filter((one) => /^\d+\.json$/.test(one)).sort()) {
      const files = await committedFiles(join(folder, name))
      const shard = name.slice(0, -'.json'.length)
      const table = files.find((file) => file.name === `${shard}.${stage.table}`)
      const tar = files.find((file) => file.name === `${shard}.tar`)
      if (table === undefined || tar === undefined) continue
      hash.update(`${stage.folder} ${table.name} ${table.sha256} ${tar.name} ${tar.sha256}\n`)
      shards.push({ table: join(folder, table.name), tar: join(stage.folder, tar.name) })
    }
  }
  return { shards, digest: hash.digest('hex').slice(0, 16) }
}

/** A checkpoint's files; none where it cannot be read: for the runner, such a shard isn't committed either. */
async function committedFiles(path: string): Promise<readonly { name: string; sha256: string }[]> {
  const text = await readFile(path, 'utf8')
  try {
    return (JSON.parse(text) as { files?: readonly { name: string; sha256: string }[] }).files ?? []
  } catch {
    return []
  }
}

async function openIndex(path: string, shards: readonly IndexedShard[]): Promise<FileHandle> {
  try {
    return await open(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  await mkdir(dirname(path), { recursive: true })
  // Two programs may build it at the same time: each writes its own file, and either's rename is right.
  const temporary = `${path}.${randomBytes(4).toString('hex')}`
  await writeFile(temporary, await buildPictureIndex(shards))
  await rename(temporary, path)
  const opened = await open(path)
  for (const name of await readdir(dirname(path))) {
    // Indexes of earlier commits; whoever has one open keeps it until closing.
    const old = name.startsWith(INDEX) && name.endsWith('.index') && name !== basename(path)
    if (old) await rm(join(dirname(path), name), { force: true })
  }
  return opened
}
