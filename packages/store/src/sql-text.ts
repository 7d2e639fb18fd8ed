import { readdir, readFile } from 'node:fs/promises'
import { StoreStateError } from './store-error.ts'

const FOLDER = new URL('../../../sql/', import.meta.url)

const cache = new Map<string, string>()

/** The text of `sql/<name>.sql`, read once a process. */
export async function sqlText(name: string): Promise<string> {
  const known = cache.get(name)
  if (known !== undefined) return known
  const text = await readFile(new URL(`${name}.sql`, FOLDER), 'utf8')
  cache.set(name, text)
  return text
}

/** Names of the SQL files in `sql/<folder>/`, without ending, in alphabetical order. */
export async function sqlNames(folder: string): Promise<string[]> {
  const names = await readdir(new URL(`${folder}/`, FOLDER))
  return names
    .filter((name) => name.endsWith('.sql'))
    .map((name) => name.slice(0, -'.sql'.length))
    .sort()
}

/**
 * Fills `{{name}}` with identifiers and clauses, which ClickHouse cannot bind. Values never come this way: they are
 * bound as `{name:Type}` parameters. Comment lines are dropped, and a line whose only content was an empty clause.
 */
export function fill(text: string, parts: Readonly<Record<string, string | number>>): string {
  const filled = text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const part = parts[name]
    if (part === undefined) throw new StoreStateError(`An SQL file asks for {{${name}}}, which nobody gives.`)
    return String(part)
  })
  return filled
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('--'))
    .join('\n')
    .replace(/;\s*$/, '')
    .trim()
}
