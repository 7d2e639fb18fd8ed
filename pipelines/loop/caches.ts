import { createHash } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { jobFolders } from './job-texts.ts'

/** What lies in `cache/` and holds no row: the source as it came, digests, and calls of the queue that were paid for. */
const ROWLESS = new Set([
  'download',
  'download-source.json',
  'download-forgotten.json',
  'model-digests.json',
  'feedback',
  'fetch-images',
])

/**
 * Deletes what is derived from rows and may hold forgotten ones: vectors, indexes of pictures, maps, and whatever else
 * lies in `cache/`. Everything there is made anew when it is wanted. Needs the workspace's lock.
 *
 * @param shards of `fetch-images` that held forgotten rows: what is spooled of them goes as well.
 */
export async function clearCaches(workspace: string, shards: ReadonlySet<string>): Promise<void> {
  const cache = join(workspace, 'cache')
  for (const name of await entries(cache)) {
    if (!ROWLESS.has(name)) await rm(join(cache, name), { recursive: true, force: true })
  }
  for (const shard of shards) await rm(join(cache, 'fetch-images', `${shard}.spool`), { force: true })
}

/**
 * Deletes pictures of the studio's jobs that have the bytes of forgotten ones.
 *
 * @param pictures SHA-256 of originals, lower-case hex.
 */
export async function clearJobPictures(workspace: string, pictures: ReadonlySet<string>): Promise<void> {
  if (pictures.size === 0) return
  for (const job of await jobFolders(workspace)) {
    const folder = join(job, 'pictures')
    for (const name of await entries(folder)) {
      const bytes = await readFile(join(folder, name))
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      if (pictures.has(sha256)) await rm(join(folder, name), { force: true })
    }
  }
}

async function entries(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
    throw error
  })
}
