import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** File in the build that says what it was made from. */
export const RECORD = 'record.json'

/** What a build was made from and what it consists of: SHA-256 by path. */
export interface BuildRecord {
  /** Relative to the package: every file whose content is in the build. */
  readonly sources: Readonly<Record<string, string>>
  /** Relative to the build: every file but the record. */
  readonly files: Readonly<Record<string, string>>
  /** Versions of the libraries in it, and of what built it. */
  readonly versions: Readonly<Record<string, string>>
}

/** Libraries in the page, and its builder. */
const LIBRARIES = ['preact', '@preact/signals', 'diff', 'vite']

/** Files beside the modules that decide what is built. */
const SETTINGS = ['index.html', 'vite.config.ts', 'tsconfig.json']

/**
 * The record of a build.
 * @param root the package's folder
 * @param modules absolute paths of the modules in the bundle; those outside the package are libraries
 * @param built folder that was built into
 */
export function recordBuild(root: string, modules: Iterable<string>, built: string): BuildRecord {
  const own = [...modules]
    .map((id) => relative(root, id.split('?')[0] as string))
    .filter((path) => path.startsWith(`src${sep}`))
  const sources = [...new Set([...own, ...SETTINGS, ...filesOf(root, 'public')])]
  return {
    sources: digests(root, sources),
    files: digests(
      built,
      filesOf(built, '').filter((path) => path !== RECORD),
    ),
    versions: versionsOf(root),
  }
}

/** Versions that the package asks for, which are exact. */
export function versionsOf(root: string): Record<string, string> {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return Object.fromEntries(LIBRARIES.map((name) => [name, devDependencies[name]]))
}

/** SHA-256 of files by their path, sorted; line ends do not count. */
export function digests(root: string, paths: readonly string[]): Record<string, string> {
  const entries = [...paths].sort().map((path) => {
    const text = readFileSync(join(root, path)).toString('latin1').replaceAll('\r\n', '\n')
    return [path.split(sep).join('/'), createHash('sha256').update(text, 'latin1').digest('hex')]
  })
  return Object.fromEntries(entries)
}

/** Paths of the files in a folder, from the root. */
export function filesOf(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
}
