import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LONG } from './longest-first.ts'

const root = resolve(import.meta.dirname, '..')
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((name) => name && existsSync(join(root, name)))
const sources = files.filter((name) => /\.(ts|tsx|mjs)$/.test(name) && !name.includes('/dist/'))
const isTest = (name: string) => /\.(test|double|contract)\.tsx?$|^tests\//.test(name)
const text = (name: string) => readFileSync(join(root, name), 'utf8')

/** Packages that exist to put others together. */
const composers = ['search', 'studio']

/** What a file imports: own files as paths from the root, everything else as written. */
function imports(name: string): string[] {
  const found = text(name).matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)
  return [...found]
    .map(([, target]) => target as string)
    .map((target) => (target.startsWith('.') ? relative(root, join(root, dirname(name), target)) : target))
}

/** The rule that an import breaks, if any. */
function broken(name: string, target: string): string | undefined {
  const [area, unit] = name.split('/') as [string, string]
  const workspace = /^@promptloom\/([^/]+)/.exec(target)?.[1]
  if (area === 'packages') {
    if (target.startsWith('pipelines') || workspace === 'pipelines') return 'packages know nothing of pipelines'
    if (target.startsWith('packages/') && !target.startsWith(`packages/${unit}/`)) return 'import packages by name'
    if (workspace && workspace !== unit && !composers.includes(unit)) return 'packages do not import one another'
  }
  const stage = (path: string) => /^pipelines\/([^/]+)\//.exec(path)?.[1]
  const shared = ['commands', 'display', 'measurement', 'loop', 'studio', undefined]
  if (!shared.includes(stage(name)) && !shared.includes(stage(target)) && stage(target) !== stage(name)) {
    return 'stages do not import one another'
  }
  return undefined
}

describe('architecture', () => {
  it('finds the sources', () => {
    expect(sources.length).toBeGreaterThan(50)
    expect(broken('packages/http/src/a.ts', '@promptloom/store/b')).toBeDefined()
    expect(broken('pipelines/embed/stage.ts', 'pipelines/load/stage.ts')).toBeDefined()
  })

  it('keeps the dependency rule: pipelines → packages → npm, stages apart', () => {
    const all = sources.filter((name) => !isTest(name))
    const faults = all.flatMap((name) =>
      imports(name).flatMap((target) => {
        const rule = broken(name, target)
        return rule ? [`${name} imports ${target}: ${rule}`] : []
      }),
    )
    expect(faults).toEqual([])
  })

  it('reads SQL files from the store alone', () => {
    const readers = sources.filter((name) => !isTest(name) && /['"`/]sql\//.test(text(name)))
    expect(readers.filter((name) => !name.startsWith('packages/store/'))).toEqual([])
  })

  it('keeps files small', () => {
    const big = sources.filter((name) => text(name).split('\n').length > 400)
    expect(big).toEqual([])
  })

  it('has no name that says nothing', () => {
    const vague = /(^|\/)(utils?|helpers?|common|misc|managers?|services?|handlers?)(\.|\/|$)/
    expect(sources.filter((name) => vague.test(name))).toEqual([])
  })

  it('has at least half as many lines of tests as of sources; the aim is as many', () => {
    const lines = (names: string[]) => names.reduce((sum, name) => sum + text(name).split('\n').length, 0)
    expect(lines(sources.filter(isTest))).toBeGreaterThanOrEqual(lines(sources.filter((name) => !isTest(name))) / 2)
  })

  it('starts the longest tests first by names that still exist', () => {
    expect(LONG.filter((name) => !files.includes(name))).toEqual([])
  })

  it('gives every stage the same files', () => {
    const stages = new Set(sources.flatMap((name) => /^pipelines\/([^/]+)\/stage\.ts$/.exec(name)?.[1] ?? []))
    for (const stage of stages) {
      expect(files).toEqual(
        expect.arrayContaining(['README.md', 'stage.ts', 'stage.test.ts'].map((file) => `pipelines/${stage}/${file}`)),
      )
    }
  })

  it('says nothing of machines and registries', () => {
    const faults = files
      .filter((name) => /\.(ts|mjs|md|json|yaml|yml|sh)$/.test(name) && name !== 'tests/architecture.test.ts')
      .filter((name) =>
        /\/work\/|"resolved": "(?!https:\/\/registry\.npmjs\.org\/|packages\/|pipelines)/.test(text(name)),
      )
    expect(faults).toEqual([])
  })
})
