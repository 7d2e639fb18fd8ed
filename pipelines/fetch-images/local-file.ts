import { constants } from 'node:fs'
import { open, realpath } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import type { ByteBudget } from '@promptloom/http/byte-budget'

/** A local picture's bytes and what gives their memory back, or why there are none. */
export type LocalFile =
  | { readonly bytes: Buffer; readonly release: () => void }
  | { readonly outcome: 'missing_file' | 'blocked_address' | 'too_large'; readonly detail: string }

/** Where local pictures may lie, what each may measure, and the memory that they share. */
export interface LocalRules {
  readonly root: string
  readonly maxBytes: number
  readonly memory: ByteBudget
}

/**
 * Reads a file below the root once there is memory for it. Links are followed only inside it, and nothing but a regular file is opened for reading
 * (a pipe would wait for ever).
 */
export async function readLocalFile(path: string, { root, maxBytes, memory }: LocalRules): Promise<LocalFile> {
  try {
    const real = await realpath(path)
    if (!real.startsWith((await realpath(resolve(root))) + sep)) {
      return { outcome: 'blocked_address', detail: `${path} leads out of ${root}` }
    }
    await using file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK)
    const stat = await file.stat()
    if (!stat.isFile()) return { outcome: 'missing_file', detail: `${path} is no file` }
    if (stat.size > maxBytes) return { outcome: 'too_large', detail: `${path} has ${stat.size} bytes` }
    const share = await memory.take(stat.size)
    try {
      return { bytes: await file.readFile(), release: () => share.keep(0) }
    } catch (error) {
      share.keep(0)
      throw error
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'ENAMETOOLONG') {
      return { outcome: 'missing_file', detail: `${path} does not exist` }
    }
    throw error
  }
}
