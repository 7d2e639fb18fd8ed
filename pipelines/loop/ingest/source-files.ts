import { lstat, readdir, stat } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import { UserError } from '@promptloom/runner/errors'

/** What a file is taken for, by its name. */
export type FileKind = 'picture' | 'lines' | 'table'

/** One file to take in. */
export interface SourceFile {
  /** Absolute. */
  readonly path: string
  readonly kind: FileKind
  readonly bytes: number
  /** Size and time of the last change: a file that has the same is the same. */
  readonly state: string
  readonly changed: Date
}

const KINDS: Readonly<Record<string, FileKind>> = {
  ...{ '.png': 'picture', '.jpg': 'picture', '.jpeg': 'picture', '.webp': 'picture' },
  ...{ '.jsonl': 'lines', '.ndjson': 'lines', '.csv': 'table' },
}

/** Deeper folders are not looked into: such a tree is a mistake, or an attack. */
const DEEPEST = 32

/** How a walk is done. */
export interface WalkOptions {
  /** A folder that is left out, such as the workspace itself. */
  readonly except: string
  /** Hears of files that are not taken for anything: other endings, links and devices in folders. */
  readonly onOther?: (path: string) => void
}

/**
 * Every picture, JSON Lines and CSV file among the given paths and in their folders, in the order of names. Links
 * inside folders are not followed, and hidden files and folders are left out; a path that is given itself may be a link.
 *
 * @throws UserError for a path that is not there, or a file of another kind
 */
export async function* sourceFiles(paths: readonly string[], options: WalkOptions): AsyncGenerator<SourceFile> {
  for (const given of paths) {
    // An empty path would be the folder that the program was started in.
    if (given === '') throw new UserError('A path to take in is empty; give a folder or a file.')
    const path = resolve(given)
    const info = await stat(path).catch(() => undefined)
    if (!info) throw new UserError(`There is no file or folder ${given}; check the path.`)
    if (info.isDirectory()) yield* inFolder(path, 0, options)
    else {
      const kind = info.isFile() ? kindOf(path) : undefined
      if (!kind) throw new UserError(`${given} is no picture (PNG, JPEG, WebP), no .jsonl and no .csv file.`)
      yield described(path, kind, info)
    }
  }
}

async function* inFolder(folder: string, depth: number, options: WalkOptions): AsyncGenerator<SourceFile> {
  if (folder === options.except || depth > DEEPEST) return
  const entries = await readdir(folder, { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (entry.name.startsWith('.')) continue
    if (entry.isDirectory()) {
      yield* inFolder(path, depth + 1, options)
      continue
    }
    const kind = entry.isFile() ? kindOf(path) : undefined
    // A file may have gone since its folder was read.
    const info = kind && (await lstat(path).catch(() => undefined))
    if (kind && info?.isFile()) yield described(path, kind, info)
    else options.onOther?.(path)
  }
}

function kindOf(path: string): FileKind | undefined {
  return KINDS[extname(path).toLowerCase()]
}

function described(path: string, kind: FileKind, info: { size: number; mtimeMs: number; mtime: Date }): SourceFile {
  return { path, kind, bytes: info.size, state: `${info.size} ${info.mtimeMs}`, changed: info.mtime }
}
