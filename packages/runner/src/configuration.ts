import { readFile } from 'node:fs/promises'
import { isMap, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { UserError } from './errors.ts'
import { nearest } from './selection.ts'

/** Where configuration comes from: a YAML file, if any, and values given on the command line, which win. */
export interface ConfigurationSource<T> {
  readonly schema: z.ZodType<T>
  readonly file?: string | undefined
  /** Nested values that override the file's; undefined ones are ignored. */
  readonly overrides?: Record<string, unknown>
}

/**
 * Reads, merges and validates a configuration.
 * @throws UserError that names the file, line, key, value and what was expected; for an unknown key, where the schema
 * has it at another level, or else the nearest one that is known at its own or at a level around it.
 */
export async function loadConfiguration<T>(source: ConfigurationSource<T>): Promise<T> {
  const text = source.file === undefined ? '' : await readText(source.file)
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: true })
  const syntax = document.errors[0]
  if (syntax) throw new UserError(`${source.file} is not valid YAML: ${syntax.message.split('\n')[0]}`)
  const value: unknown = document.toJS() ?? {}
  if (!isRecord(value)) throw new UserError(`${source.file} must hold keys and values, not ${describe(value)}.`)
  const parsed = source.schema.safeParse(merge(value, source.overrides ?? {}))
  if (parsed.success) return parsed.data

  const line = (path: readonly PropertyKey[]) => {
    const node = isMap(document.contents) ? document.getIn(path as string[], true) : undefined
    const range = (node as { range?: [number, number, number] } | undefined)?.range
    return range ? ` line ${lines.linePos(range[0]).line}` : ''
  }
  const sentences = parsed.error.issues.slice(0, 5).map((issue) => {
    const where = source.file && getIn(value, issue.path) !== undefined ? `${source.file}${line(issue.path)}: ` : ''
    return `${where}${sentence(issue, source.schema, merge(value, source.overrides ?? {}))}`
  })
  const more = parsed.error.issues.length - sentences.length
  throw new UserError([...sentences, ...(more > 0 ? [`And ${more} more.`] : [])].join('\n'))
}

/** The JSON Schema of a configuration, for editors that complete and check YAML. */
export function jsonSchema(schema: z.ZodType, title: string): Record<string, unknown> {
  return { ...z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), title }
}

type Issue = z.core.$ZodIssue

/** Places named for a key that stands elsewhere. */
const MOST_GUESSES = 3

function sentence(issue: Issue, schema: z.ZodType, value: unknown): string {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .map((key) => {
        const meant = guesses(key, schema, issue.path).map((path) => `"${dotted(path)}"`)
        const guess = meant.length > 0 ? `; did you mean ${meant.join(' or ')}?` : '.'
        return `There is no option "${dotted([...issue.path, key])}"${guess}`
      })
      .join(' ')
  }
  const found = getIn(value, issue.path)
  const name = dotted(issue.path)
  const given = found === undefined ? 'is missing' : `is ${describe(found)}`
  return `The option "${name}" ${given}: ${expectation(issue)}.`
}

/** What was expected; of alternatives, what each of them expected. */
function expectation(issue: Issue): string {
  const plain = (text: string) => text.replace(/^Invalid input: /, '')
  if (issue.code !== 'invalid_union') return plain(issue.message)
  const branches = issue.errors.flatMap(([first]) => (first && first.path.length === 0 ? [plain(first.message)] : []))
  return branches.length > 0 ? [...new Set(branches)].join(', or ') : plain(issue.message)
}

/**
 * Paths of what may have been meant: of the same key at the level around it, else of a few in other places, the
 * outermost first, else of the nearest key beside it or at a level around it.
 */
function guesses(key: string, schema: z.ZodType, path: readonly PropertyKey[]): (readonly PropertyKey[])[] {
  const same = pathsOf(key, schema).sort((a, b) => a.length - b.length)
  const around = same.findLast((one) => one.slice(0, -1).every((step, at) => step === path[at]))
  if (around) return [around]
  if (same.length > 0) return same.slice(0, MOST_GUESSES)
  const levels = [path, ...path.map((_, at) => path.slice(0, path.length - 1 - at))]
  const places = levels.flatMap((level) => keysAt(schema, level).map((name) => [...level, name]))
  const close = nearest(
    key,
    places.map((place) => String(place.at(-1))),
  )
  return places.filter((place) => place.at(-1) === close).slice(0, 1)
}

/** Where the schema has a key of that name, each place once. */
function pathsOf(key: string, schema: z.core.$ZodType, path: readonly PropertyKey[] = []): (readonly PropertyKey[])[] {
  const found = new Map<string, readonly PropertyKey[]>()
  for (const node of unwrap(schema)) {
    if (!(node instanceof z.ZodObject)) continue
    for (const [name, inner] of Object.entries(node.shape as Record<string, z.core.$ZodType>)) {
      const here = [...path, name]
      for (const one of [...(name === key ? [here] : []), ...pathsOf(key, inner, here)]) found.set(dotted(one), one)
    }
  }
  return [...found.values()]
}

/** Keys that the schema knows at a path, through optional, default and union wrappers. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let nodes: z.core.$ZodType[] = unwrap(schema)
  for (const step of path) {
    nodes = nodes.flatMap((node) => {
      if (node instanceof z.ZodObject) return unwrap(node.shape[step as string])
      if (node instanceof z.ZodArray) return unwrap(node.element)
      if (node instanceof z.ZodRecord) return unwrap(node.valueType)
      return []
    })
  }
  return nodes.flatMap((node) => (node instanceof z.ZodObject ? Object.keys(node.shape) : []))
}

function unwrap(schema: z.core.$ZodType | undefined): z.core.$ZodType[] {
  if (!schema) return []
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(unwrap)
  if (schema instanceof z.ZodPipe) return unwrap(schema.in)
  const inner = (schema as { def?: { innerType?: z.core.$ZodType } }).def?.innerType
  return inner ? unwrap(inner) : [schema]
}

function merge(base: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...base }
  for (const [key, value] of Object.entries(over)) {
    if (value === undefined) continue
    const old = merged[key]
    merged[key] = isRecord(old) && isRecord(value) ? merge(old, value) : value
  }
  return merged
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new UserError(`The configuration file ${file} can't be read (${(error as Error).message}); check --config.`)
  }
}

function getIn(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value)
}

function dotted(path: readonly PropertyKey[]): string {
  return path.map(String).join('.')
}

function describe(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
